"""Match panels by the hashes of a peer: pairs whose hashes differ in few enough bits."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reprise.atomic import atomic_file

ROWS_AT_ONCE = 256


def near_pairs(hashes: NDArray[np.uint8], valid: NDArray[np.bool_], most_bits: int) -> NDArray[np.int64]:
    """Return the pairs of panels whose hashes differ in `most_bits` or fewer.

    Args:
        hashes: (P, n / 8) uint8, packed bits; n is a multiple of 64.
        valid: (P,) bool, whether a panel has a hash; one without matches none.
        most_bits: the threshold.

    Returns:
        (pairs, 3): the places of both panels, the first before the second, and the bits that differ.
    """
    words = hashes.view(np.uint64)
    found = [np.empty((0, 3), np.int64)]
    for start in range(0, len(words), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        bits = np.bitwise_count(words[rows, np.newaxis] ^ words[np.newaxis]).sum(axis=2, dtype=np.int64)
        near = (bits <= most_bits) & valid[rows, np.newaxis] & valid
        a, b = np.nonzero(np.triu(near, start + 1))
        found.append(np.column_stack([a + start, b, bits[a, b]]))
    return np.concatenate(found)


def likeness(bits: NDArray[np.int64], most_bits: int) -> NDArray[np.float64]:
    """Return how alike pairs are: from 1 for equal hashes to 0.5 at the threshold, as Reprise's scores by default."""
    return 1 - 0.5 * bits / max(most_bits, 1)


def read_hashes(hashes: Path, name: str) -> tuple[NDArray[np.str_], NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the files, the hashes of that name, and whether each is valid, as `peer_hashes` wrote them."""
    with np.load(hashes) as arrays:
        return arrays["panel"], arrays[name], arrays[f"{name}_valid"]


def match_by_hash(hashes: Path, name: str, most_bits: int, pairs: Path) -> None:
    """Write the pairs that match: `file_a`, `file_b`, `likeness`."""
    files, bits, valid = read_hashes(hashes, name)
    near = near_pairs(bits, valid, most_bits)
    table = pd.DataFrame({"file_a": files[near[:, 0]], "file_b": files[near[:, 1]]})
    table["likeness"] = likeness(near[:, 2], most_bits).round(6)
    with atomic_file(pairs) as part:
        table.to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    match_by_hash(Path(job.input.hashes), job.params.hash, job.params.most_bits, Path(job.output.pairs))
