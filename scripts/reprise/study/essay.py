"""What the study sets side by side: the essay's metrics and groupings with its settings, in the order of its story,
and Reprise's own at their defaults.

The essay is "Locating Visual Jokes in Homestuck with Rudimentary Computer Vision" (2018, revised 2019).
"""

from dataclasses import dataclass

# Metrics that compare two bitmaps of a panel's first frame, and how many bits each has.
BITMAP_BITS = {
    "binary": 100 * 100,
    "canny_then_resize": 100 * 100,
    "average_hash": 8 * 8,
    "dct_hash": 8 * 8,
    "edge_hash": 8 * 8,
    "resize_then_canny": 100 * 100,
}

# `mixed` is made of two of these; `dice` is Reprise's own.
METRICS = (*BITMAP_BITS, "mixed", "dice")

HASHES = ("average_hash", "dct_hash", "edge_hash")


@dataclass(frozen=True)
class Method:
    """A way from panels to clusters.

    Attributes:
        metric: how far apart two panels are.
        grouping: how near panels become clusters.
        threshold: a distance in the metric's own unit. Panels that are nearer are neighbours; for `dice` also those
            that are just so far apart. None where the grouping takes no threshold.
    """

    metric: str
    grouping: str
    threshold: float | None = None

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{self.metric}-{self.grouping}"


# Groupings that need no threshold and are tried on every metric.
OF_ROWS = ("pruning", "k_means", "k_means_forced", "pruned_k_means", "pca_k_means")

# The essay's thresholds of a graph; for edges it also took sets of neighbours at a looser one.
GRAPH_THRESHOLDS = {
    "canny_then_resize": 250.0,
    "average_hash": 16.0,
    "dct_hash": 16.0,
    "resize_then_canny": 1100.0,
    "mixed": 16.0,
    "dice": 0.5,
}
NEIGHBOUR_THRESHOLDS = GRAPH_THRESHOLDS | {"canny_then_resize": 400.0}

# Scaled: a panel's threshold is this share of its edge pixels, if that is less than the fixed one.
SCALED_SHARE = 0.95
SCALED_THRESHOLDS = {"canny_then_resize": 350.0, "resize_then_canny": 1100.0}

# Either: edges nearer than the first or average hashes nearer than the second.
EITHER_EDGES, EITHER_HASHES = 1250.0, 10.0

# The resolution of Leiden in Reprise's default; `dice` with it is what Reprise does where match.search is plain.
LEIDEN_RESOLUTION = 0.2


def methods_of(metric: str) -> list[Method]:
    """Return the methods tried with a metric, in the order of the essay's story."""
    methods = [Method(metric, grouping) for grouping in OF_ROWS]
    if metric in HASHES:
        methods.append(Method(metric, "pixel_k_means"))
    if metric in GRAPH_THRESHOLDS:
        methods.append(Method(metric, "neighbour_sets", NEIGHBOUR_THRESHOLDS[metric]))
        methods.append(Method(metric, "greedy_modularity", GRAPH_THRESHOLDS[metric]))
    if metric in SCALED_THRESHOLDS:
        methods.append(Method(metric, "greedy_modularity_scaled", SCALED_THRESHOLDS[metric]))
    if metric == "resize_then_canny":
        methods.append(Method(metric, "greedy_modularity_either", EITHER_EDGES))
    if metric == "dice":
        methods.append(Method(metric, "leiden", GRAPH_THRESHOLDS[metric]))
    return methods


# What the main job did, as it is set; the study takes it as it is.
MAIN_JOB = Method("reprise", "main_job")

# All methods that the study tries, by name.
METHODS = {method.name: method for metric in METRICS for method in methods_of(metric)}
