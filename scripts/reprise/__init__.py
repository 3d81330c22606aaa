"""What the steps of Reprise share."""

VERSION = "0.1.0"
