"""The study: the essay's methods and Reprise's own, side by side."""
