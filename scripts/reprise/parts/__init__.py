"""Parts: what two panels share that are else of different drawings."""
