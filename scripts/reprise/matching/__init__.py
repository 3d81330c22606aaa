"""How alike panels are: as they stand, and as one lies upon another, shifted, zoomed and mirrored.

Where a mirror is handled: `blocks` mirrors bitmaps, `search` and `check` mirror edge points.
"""
