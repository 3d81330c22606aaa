"""How alike panels are: as they stand, and as one lies upon another, shifted, zoomed and mirrored."""
