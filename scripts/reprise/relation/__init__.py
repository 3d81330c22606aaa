"""What kind of match it is: for the step `relate`."""
