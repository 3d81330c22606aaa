"""Group the graph's panels into communities, and see how well these hold together.

In the field: cluster: community; trial: perturbed run; stability: co-assignment in consensus clustering.
"""

from reprise.job import job

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reprise.atomic import atomic_file
from reprise.community_detection import METHODS, Communities, connected_components, groups_of_equals

# Panels that are together in this share of the trials hold together.
MAJORITY = 0.5


def score_matrix(
    a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]], scores: NDArray[np.float64], panels: int
) -> sparse.csr_array:
    """Return the symmetric matrix of the scores of pairs of panels `a` and `b`, (panels, panels)."""
    ends = np.concatenate([a, b]), np.concatenate([b, a])
    return sparse.csr_array((np.tile(scores, 2), ends), shape=(panels, panels))


def without_corrections(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a graph in which pairs that must match score 1, and those that are no match are none."""
    scores = matrix.copy()
    scores.data = scores.data.clip(0, 1)
    scores.eliminate_zeros()
    return scores


def labels_of(groups: Communities, panels: int) -> NDArray[np.int64]:
    """Return for each panel the number of its group, or one of its own where it is in none, (panels,)."""
    labels = list(range(panels, 2 * panels))
    for number, group in enumerate(groups):
        for panel in group:
            labels[panel] = number
    return np.array(labels, np.int64)


def try_again(
    matrix: sparse.csr_array, scores: sparse.csr_array, settings: Mapping[str, Any], threshold: float
) -> NDArray[np.int64]:
    """Cluster again and again, each time with the next seed and with a threshold a little higher.

    The thresholds rise in equal steps to `trial_rise` above `threshold`, which the graph was made with; they do not
    fall, as it holds no pair below. What the reader has settled is settled in every trial.

    Args:
        matrix: the graph, (panels, panels); its weights may be less than the scores.
        scores: what the threshold applies to, (panels, panels), at least of all matches.
        settings: the section `cluster` of the settings.
        threshold: the score from which pairs match.

    Returns:
        The labels of the panels in each trial, (trials, panels).
    """
    found = []
    entries = matrix.tocoo()
    score = np.where(np.isinf(entries.data), np.inf, scores[entries.row, entries.col])
    for trial in range(1, settings["trials"] + 1):
        near = score >= threshold + settings["trial_rise"] * trial / settings["trials"]
        kept = sparse.csr_array((entries.data[near], (entries.row[near], entries.col[near])), shape=matrix.shape)
        groups = METHODS[settings["method"]](kept, settings["resolution"], settings["seed"] + trial)
        found.append(labels_of(groups, matrix.shape[0]))
    return np.array(found)


def find_parts(labels: NDArray[np.int64], matrix: sparse.csr_array, trials: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each panel the number of the part of its community that it holds together with, (panels,).

    A part is panels of one community, tied by matches whose two ends are together in most trials.

    Args:
        labels: the community of each panel, (panels,).
        matrix: the graph.
        trials: what `try_again` found.
    """
    ends = sparse.triu(matrix, format="coo")
    within = labels[ends.row] == labels[ends.col]
    a, b = ends.row[within], ends.col[within]
    together = np.zeros(len(a), np.int64)
    for trial in trials:
        together += trial[a] == trial[b]
    held = together / len(trials) >= MAJORITY
    return connected_components(sparse.csr_array((held[held], (a[held], b[held])), shape=matrix.shape))


def split(members: Sequence[int], matrix: sparse.csr_array, part_of: NDArray[np.int64]) -> list[list[int]]:
    """Split a community into the parts that hold together, if there are two or more.

    Leiden leaves no community that would be better in two at this threshold. But two scenes may be tied by matches that
    a threshold a little higher would not take. To Leiden they are one. A part has two or more panels. A community with
    just one part is not split, so a match just above the threshold is kept. A panel that belongs to no part goes to the
    part it is most like, on average, and to none if it matches none.

    Args:
        members: the community's panels, in story order.
        matrix: the graph.
        part_of: what `find_parts` found.
    """
    parts = [part for part in map(list, groups_of_equals(part_of[members].tolist())) if len(part) > 1]
    if len(parts) < 2:
        return [list(members)]
    inside = matrix[members][:, members]
    likeness = np.array([inside[:, part].mean(axis=1) for part in parts])
    left = set(range(len(members))).difference(*parts)
    for place in sorted(left):
        if likeness[:, place].any():
            parts[likeness[:, place].argmax()].append(place)
    return [sorted(members[place] for place in part) for part in parts]


def stability(clusters: Sequence[Sequence[int]], trials: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often two panels of each cluster are together in the trials, 0 to 1, on average over its pairs."""
    sizes = np.array([len(members) for members in clusters], np.int64)
    cluster_of = np.repeat(np.arange(len(clusters)), sizes)
    places = np.fromiter(chain.from_iterable(clusters), np.int64, count=len(cluster_of))
    together = np.zeros(len(clusters))
    for labels in trials:
        # The panels of one cluster that have one label, counted.
        parts, counts = np.unique(cluster_of * (labels.max() + 1) + labels[places], return_counts=True)
        together += np.bincount(parts // (labels.max() + 1), counts * (counts - 1), len(clusters))
    return together / len(trials) / (sizes * (sizes - 1))


def communities(
    matrix: str | Path, matches: str | Path, settings: Mapping[str, Any], threshold: float, found: str | Path
) -> None:
    """Group the graph's panels, and write the communities of two or more, in story order.

    Of `leiden` these are the parts that hold together in the trials.

    Args:
        matrix, matches: the graph, and what is known of each match.
        settings: the section `cluster` of the settings; `method` is a key of METHODS, `resolution` is in score for
            leiden and a factor of 1 for the modularities.
        threshold: the score from which pairs match.
        found: gets `members`, the places of the panels of one community after the other, story order within each; the
            panels of community c are members[start[c]] to members[start[c + 1]]; and the `stability` of each.
    """
    graph = sparse.csr_array(sparse.load_npz(matrix))
    if settings["method"] != "leiden":
        graph = without_corrections(graph)
    panels = graph.shape[0]
    pairs = np.load(matches)["matches"]
    groups = METHODS[settings["method"]](graph, settings["resolution"], settings["seed"])
    together = sorted(sorted(group) for group in map(list, groups) if len(group) > 1)
    trials = try_again(graph, score_matrix(pairs["a"], pairs["b"], pairs["score"], panels), settings, threshold)
    if settings["method"] == "leiden":
        part_of = find_parts(labels_of(together, panels), graph, trials)
        together = sorted(part for group in together for part in split(group, graph, part_of))
    with atomic_file(found) as part:
        np.savez(
            part,
            members=np.fromiter(chain.from_iterable(together), np.int64),
            start=np.cumsum([0, *map(len, together)]),
            stability=stability(together, trials),
        )


if __name__ == "__main__":
    with job() as snakemake:
        communities(
            matrix=snakemake.input.matrix,
            matches=snakemake.input.matches,
            settings=snakemake.params.settings,
            threshold=snakemake.params.threshold,
            found=snakemake.output.communities,
        )
