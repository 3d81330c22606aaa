"""A comic's pages and panels from the web: how they are asked for, what they say, what is kept of them."""
