"""Hash pictures by the peers. Started by the Python that has them: `peer_hashes.py FRAMES HASHES`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from perception import hashers
from PIL import Image

from reprise.atomic import atomic_file

phash_of_256_bits = hashers.PHash(hash_size=16)

HASHES: dict[str, Callable[[Image.Image], Any]] = {
    "pdqhash": lambda image: pdqhash.compute(np.asarray(image))[0],
    "imagehash_phash": lambda image: imagehash.phash(image).hash.ravel(),
    "imagehash_dhash": lambda image: imagehash.dhash(image).hash.ravel(),
    "perception_phash": lambda image: phash_of_256_bits.compute(image, hash_format="vector"),
}
"""Each gives the bits of the hash of an RGB picture, or None where the peer says that there is nothing to hash."""


def hash_frames(frames: Path) -> dict[str, NDArray[Any]]:
    """Hash all pictures of a folder.

    Returns:
        `panel`: (P,) text, the names of the panels, in order; and for each hash H of n bits `H`: (P, n / 8) uint8, and
        `H_valid`: (P,) bool, whether the picture has that hash.
    """
    paths = sorted(frames.glob("*.png"))
    bits: dict[str, list[Any]] = {name: [] for name in HASHES}
    for path in paths:
        with Image.open(path) as image:
            for name, compute in HASHES.items():
                bits[name].append(compute(image))
    arrays: dict[str, NDArray[Any]] = {"panel": np.array([path.stem for path in paths])}
    for name, found in bits.items():
        none = np.zeros(next(len(each) for each in found if each is not None), dtype=np.uint8)
        arrays[name] = np.packbits([none if each is None else np.asarray(each, np.uint8) for each in found], axis=1)
        arrays[f"{name}_valid"] = np.array([each is not None for each in found])
    return arrays


if __name__ == "__main__":
    with atomic_file(sys.argv[2]) as part:
        np.savez(part, allow_pickle=False, **hash_frames(Path(sys.argv[1])))
