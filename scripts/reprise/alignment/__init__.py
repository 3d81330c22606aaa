"""How one drawing lies upon another: the edges of frames by their orientation, shifted, zoomed and mirrored."""
