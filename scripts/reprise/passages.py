"""Passages: several drawings that come back together, one after the other, as in a flashback of some pages.

Each return leads over the same number of panels. So all returns of a passage have one offset, and are parallel as arcs.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby

Return = tuple[int, int]
"""Where a drawing was and where it comes back: two places in the story, counted in panels."""

# So many drawings are a passage. Two are often chance: a scene that changes between two drawings has many such.
LEAST = 3

# Between two panels of a passage so many others may stand that do not come back, or are not found.
MOST_BETWEEN = 2


def runs(matches: Iterable[Return]) -> list[list[Return]]:
    """Cut returns into runs of one offset. The drawings of a run end before the first of them comes back."""
    found: list[list[Return]] = []
    for _, parallel in groupby(sorted(matches, key=lambda match: (match[1] - match[0], match)), lambda m: m[1] - m[0]):
        run: list[Return] = []
        for earlier, later in parallel:
            if run and (earlier - run[-1][0] > MOST_BETWEEN + 1 or earlier >= run[0][1]):
                found.append(run)
                run = []
            run.append((earlier, later))
        found.append(run)
    return found


def find_passages(matches: Iterable[Return], cluster_of: Mapping[int, int]) -> list[list[Return]]:
    """Find the passages of a story, the longest first; of equals the shortest offset, then the earliest.

    A panel comes back in one passage at most: the first of these.

    Args:
        matches: pairs of panels of one cluster, the earlier of each first.
        cluster_of: the cluster of each panel. A passage is of LEAST drawings, so of as many clusters.
    """

    def is_long(run: list[Return]) -> bool:
        return len({cluster_of[later] for _, later in run}) >= LEAST

    best_first = sorted(filter(is_long, runs(matches)), key=lambda run: (-len(run), run[0][1] - run[0][0], run))
    taken: set[int] = set()
    found = []
    for run in best_first:
        rest = [(earlier, later) for earlier, later in run if later not in taken]
        if is_long(rest):
            found.append(rest)
            taken.update(later for _, later in rest)
    return sorted(found, key=lambda run: (-len(run), run[0][1] - run[0][0], run))
