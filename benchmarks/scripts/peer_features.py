"""Find pairs by perception's local features (SIFT), with its own search, check and settings.

Started by the Python that has it: `peer_features.py FRAMES PAIRS`. Pairs are `file_a`,
`file_b`, `likeness`; the last is 1, as it gives none.
"""

import csv
import sys
from pathlib import Path

import cv2
from perception import local_descriptor_deduplication as local_features

from reprise.atomic import atomic_file


def matching_pairs(frames: Path) -> list[tuple[str, str, int]]:
    """Return the pairs of panels that match, by their names, in order, and a likeness of 1."""
    cv2.setRNGSeed(1)
    paths = sorted(map(str, frames.glob("*.png")))
    pairs = local_features.deduplicate(paths, max_workers=1, use_gpu=False)
    names = (sorted(Path(path).stem for path in pair[:2]) for pair in pairs)
    return sorted((first, second, 1) for first, second in names)


if __name__ == "__main__":
    with atomic_file(sys.argv[2]) as part, part.open("w", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(
            [("file_a", "file_b", "likeness"), *matching_pairs(Path(sys.argv[1]))]
        )
