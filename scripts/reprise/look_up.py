"""What is told of a panel that is looked up: what is nearest to it, and why it is in no cluster.

`gallery` has a page of this for each hundred panels, with a picture that `edge_pictures` drew. It has one more
page, of the pairs that nearly match.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reprise.shards import EDGE_SIZE
from reprise.thumbnails import Size

PANELS_A_PAGE = 100
ACROSS = 10  # edge bitmaps side by side in the picture that a page has of them
MOST_NEAREST = 5  # others that are shown beside a panel, whether they match or not

MOST_BELOW = 100  # pairs that nearly match, on their page


def nearest(matches: NDArray[Any], below: NDArray[Any], panels: int) -> list[list[tuple[int, float, bool]]]:
    """Return of each panel the others that are nearest to it, the nearest first: place, score, and whether they match.

    Args:
        matches, below: what `adjacency` wrote.
        panels: how many there are.
    """
    pairs = np.concatenate([matches, below])
    a, b, score = (np.asarray(pairs[name]) for name in ("a", "b", "score"))
    own, other = np.concatenate([a, b]), np.concatenate([b, a])
    matching = np.tile(np.arange(len(pairs)) < len(matches), 2)
    order = np.lexsort((other, -np.tile(score, 2), own))
    first = np.searchsorted(own[order], own[order])
    order = order[np.arange(len(order)) - first < MOST_NEAREST]
    found: list[list[tuple[int, float, bool]]] = [[] for _ in range(panels)]
    rows = (values[order].tolist() for values in (own, other, np.tile(score, 2), matching))
    for place, *one in zip(*rows, strict=True):
        found[place].append(tuple(one))
    return found


def nearly_matching(
    below: NDArray[Any], cluster: Sequence[int], apart: NDArray[np.int64], left_out: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """Return the pairs that come nearest to a match, the nearest first: the places of their panels, and the score.

    Pairs that share a cluster are left out, and those of which a reader's lists say something.

    Args:
        below: what `adjacency` wrote of pairs that do not match.
        cluster: of each panel, 0 for none.
        apart, left_out: places of pairs, (N, 2), and of panels, (M,), by these lists.
    """
    number = np.asarray(cluster)
    a, b = below["a"], below["b"]
    asked = (number[a] != number[b]) | (number[a] == 0)
    asked &= ~np.isin(a, left_out) & ~np.isin(b, left_out)
    settled = set(map(tuple, apart.tolist()))
    order = np.flatnonzero(asked)
    order = order[np.lexsort((b[order], a[order], -below["score"][order]))]
    rows = zip(a[order].tolist(), b[order].tolist(), below["score"][order].tolist(), strict=True)
    return [row for row in rows if row[:2] not in settled][:MOST_BELOW]


def why_alone(
    panel: Any, near: Sequence[tuple[int, float, bool]], is_apart: bool, says_enough: bool, left_out: bool
) -> str:
    """Say why a panel is in no cluster.

    Args:
        panel: the row of the table of panels.
        near: what is nearest to it, see `nearest`.
        is_apart: whether a reader said that it and the first of these are no match.
        says_enough: whether it has enough edges.
        left_out: whether a reader left it out.
    """
    if panel.status != "ok":
        return f"It could not be used: {panel.status}."
    if left_out:
        return "You left it out."
    if not says_enough:
        return "It says too little: it is blank, or nearly so."
    if any(matches for _, _, matches in near):
        return "It matches others, but is tied to them too loosely to be in a cluster."
    if not near:
        return "Nothing comes near it."
    if is_apart:
        return "You said that what is nearest to it is no match."
    return "What is nearest to it is not alike enough to match."


class LookedUp(NamedTuple):
    """What is told of a panel.

    Attributes:
        panel, label, file, page_url: its name, what it is called, its file, and its page on the web, if known.
        size: of its thumbnail, if it has one.
        tile: where its edges are in the picture of its page, from the left and the top, in pixels.
        cluster, members: the link to its cluster, if it is in one, and how many panels that has.
        why: why it is in none.
        near: of each that is nearest to it the name, what it is called, the link to it, its score, whether the two
            match, and the size of its thumbnail.
    """

    panel: str
    label: str
    file: str
    page_url: str
    size: Size | None
    tile: tuple[int, int]
    cluster: str
    members: int
    why: str
    near: list[tuple[str, str, str, str, bool, Size | None]]


def told_of(
    rows: Sequence[Any],
    near: Sequence[Sequence[tuple[int, float, bool]]],
    clusters: Mapping[str, tuple[str, int]],
    labels: Mapping[str, str],
    links: Sequence[str],
    sizes: Mapping[str, Size],
    graph: Mapping[str, NDArray[Any]],
    fewest_edges: int,
) -> list[LookedUp]:
    """Return what is told of each panel, in their order.

    Args:
        rows: the table of panels.
        near: see `nearest`.
        clusters: the link to each panel's cluster and how many panels that has.
        labels: what panels are called.
        links: those to the panels, in their order.
        sizes: of their thumbnails.
        graph: `apart` and `left_out`, as `adjacency` wrote them.
        fewest_edges: a panel with fewer says too little.
    """
    apart = set(map(tuple, graph["apart"].tolist()))
    left_out = set(graph["left_out"].tolist())
    others = [(row.panel, labels[row.panel], link) for row, link in zip(rows, links, strict=True)]
    told = []
    for place, row in enumerate(rows):
        link, members = clusters.get(row.panel, ("", 0))
        why = ""
        if not link:
            best = near[place][0][0] if near[place] else place
            is_apart = (min(place, best), max(place, best)) in apart
            why = why_alone(row, near[place], is_apart, row.edges >= fewest_edges, place in left_out)
        down, across = divmod(place % PANELS_A_PAGE, ACROSS)
        shown = [
            (*others[other], f"{score:.2f}", matches, sizes.get(others[other][0]))
            for other, score, matches in near[place]
        ]
        tile = EDGE_SIZE * across, EDGE_SIZE * down
        told.append(
            LookedUp(
                *(row.panel, labels[row.panel], row.file or row.url, row.page_url, sizes.get(row.panel)),
                *(tile, link, members, why, shown),
            )
        )
    return told
