"""Find groups of pictures that are alike by a peer, from files to groups, as its own guide says.

Started by the Python that has it: `peer_groups.py PEER PANELS GROUPS`. Groups are `group` and `file`.
"""

import csv
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from reprise.atomic import atomic_file

Pairs = Iterable[tuple[str, str]]


def without_torch(package: str, subpackages: Iterable[str]) -> None:
    """Make the modules of some subpackages importable without what the subpackages themselves import.

    imagededup imports torch, gigabytes of it, in `methods` and in `utils`, for its networks; the modules that hash do
    not. They are run as they are.
    """
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin if spec and spec.origin else package).parent
    for name in subpackages:
        bare = ModuleType(f"{package}.{name}")
        bare.__path__ = [str(folder / name)]
        sys.modules[bare.__name__] = bare


def imagededup_pairs(panels: Path) -> Pairs:
    """Return the pairs that imagededup finds by its perceptual hash, with its own threshold."""
    without_torch("imagededup", ("methods", "utils"))
    hasher = importlib.import_module("imagededup.methods.hashing").PHash(verbose=False)
    hashes = hasher.encode_images(image_dir=str(panels), recursive=True)
    alike = hasher.find_duplicates(encoding_map=hashes)
    return [(file, other) for file, others in alike.items() for other in others]


def perception_pairs(panels: Path) -> Pairs:
    """Return the pairs that perception finds by its perceptual hash, with size and threshold of its guide."""
    hashers, tools = (importlib.import_module(f"perception.{name}") for name in ("hashers", "tools"))
    files = sorted(str(path) for path in panels.rglob("*") if path.is_file())
    return tools.deduplicate(files, [(hashers.PHash(hash_size=16), 0.2)])


PEERS: dict[str, Callable[[Path], Pairs]] = {"imagededup": imagededup_pairs, "perception": perception_pairs}
"""Each finds the pairs of alike files in a folder."""


def groups_of(pairs: Pairs) -> list[list[str]]:
    """Return what hangs together by pairs, each group and all groups in order."""
    group_of: dict[str, set[str]] = {}
    for one, other in pairs:
        larger, smaller = sorted((group_of.setdefault(file, {file}) for file in (one, other)), key=len, reverse=True)
        if larger is not smaller:
            larger |= smaller
            group_of |= dict.fromkeys(smaller, larger)
    return sorted(map(sorted, {id(group): group for group in group_of.values()}.values()))


if __name__ == "__main__":
    found = groups_of(PEERS[sys.argv[1]](Path(sys.argv[2])))
    with atomic_file(sys.argv[3]) as part, part.open("w", newline="", encoding="utf-8") as lines:
        rows = [(number, file) for number, group in enumerate(found, 1) for file in group]
        csv.writer(lines, lineterminator="\n").writerows([("group", "file"), *rows])
