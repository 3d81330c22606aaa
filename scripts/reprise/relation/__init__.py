"""What the colours of two pictures say of their match. Which relation it is, the step `relate` tells by it."""
