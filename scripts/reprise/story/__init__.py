"""The order in which a comic's files tell its story, read from all their names together."""
