"""Know whose results a folder holds, so that those of another comic, or of other settings, never pass as current.

`results/reprise.json` says of which comic they are, and for how many cores its panels were cut into jobs. It is written
when a run starts, and read before.
"""

import json
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from reprise.atomic import atomic_file
from reprise.names import RECORD

# What tells comics of one source apart. A folder that was moved together with its results keeps its name. One that is
# named in another way, as by a link, keeps its place.
TOLD_BY: Mapping[str, tuple[str, ...]] = {"demo": (), "folder": ("folder", "path"), "web": ("address",)}

# What is in results/ and tells nothing of a comic yet.
SAYS_NOTHING = {RECORD, "logs", "benchmarks", "downloads"}

# What readers look at, each with what it tells of. The study's tables do not depend on clusters, and stay.
PUBLISHED = (
    ("found", "panels.csv"),
    *((name, "clusters.csv") for name in ("clusters", "gallery", "summary.txt", "evaluation.csv")),
    *((name, "clusters.csv") for name in ("clusters.json", "graph.graphml")),
    *((name, "clusters.csv") for name in ("plots/evaluation.png", "study/methods.csv", "study/index.html")),
    *((name, "communities.npz") for name in ("plots/distances.png", "plots/cluster_sizes.png")),
    *(
        (name, told_of)
        for name in ("study/methods.csv", "study/index.html")
        for told_of in ("evaluation.csv", "panels.csv")
    ),
)
JUDGED = ("evaluation.csv", "plots/evaluation.png", "study/methods.csv", "study/index.html")


class AnotherComicError(Exception):
    """Results are of another comic; the message is one sentence."""


def identify(comic: Mapping[str, Any], directory: Path) -> dict[str, str]:
    """Return what tells a comic from others: some of the checked settings of `comic`, and where they are used.

    The other settings may change, and so may what is in the comic.
    """
    if comic["source"] == "folder":
        path = os.path.realpath(directory / comic["folder"])
        return {"source": "folder", "folder": comic["folder"], "path": path}
    if comic["source"] == "web":
        return {"source": "web", "address": web_address(comic["web"])}
    return {"source": "demo"}


def web_address(web: Mapping[str, Any]) -> str:
    """Return by which address, without its scheme, or by which list a comic on the web is known."""
    named: Any = web["url"] or web.get("start") or web.get("archive", {}).get("url") or web.get("list")
    first = str(named if isinstance(named, str) else named[0])
    return first.partition("://")[2] or first


def title_of(comic: Mapping[str, Any], directory: Path) -> str:
    """Return what to call a comic that the checked settings of `comic` give no title."""
    if comic["source"] == "folder":
        return Path(os.path.realpath(directory / comic["folder"])).stem
    return web_address(comic["web"]).partition("/")[0] if comic["source"] == "web" else "The demo"


def is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two comics are the same."""
    keys = TOLD_BY[one["source"]]
    return one["source"] == other["source"] and (not keys or any(one[key] == other[key] for key in keys))


def describe(comic: Mapping[str, str]) -> str:
    """Name a comic in a sentence."""
    return {
        "demo": "the demo comic",
        "folder": f"the comic in {comic.get('path')!r}",
        "web": f"the comic at {comic.get('address')!r}",
    }[comic["source"]]


def read_record(results: Path) -> dict[str, Any]:
    """Return what is recorded of results: of which `comic` they are and for how many `cores`; nothing if there is none.

    Results of a version without a record are taken for those of the comic that is asked for.
    """
    try:
        record = json.loads((results / RECORD).read_bytes())
        is_same(record["comic"], record["comic"])
        return {"comic": record["comic"], "cores": int(record["cores"])}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def say_something(results: Path) -> bool:
    """Tell whether results hold anything of a comic. A run that found no panel leaves the folder free for any comic."""
    kept = (path.name not in SAYS_NOTHING for path in results.iterdir())
    return any(kept) or any(results.glob("downloads/images/*"))


def check_comic(results: Path, comic: Mapping[str, str]) -> None:
    """Check that results, if there are any, are of a comic.

    Raises:
        AnotherComicError: they are of another.
    """
    record = read_record(results)
    if record and not is_same(record["comic"], comic) and say_something(results):
        default = ", which is taken where no --configfile names another" if comic["source"] == "demo" else ""
        raise AnotherComicError(
            f"{results.resolve()} holds the results of {describe(record['comic'])}, and these settings are of "
            f"{describe(comic)}{default}: run this one in a folder of its own, with --directory DIR, or remove or "
            f"rename {results}/ to begin anew here"
        )


def claim(results: Path, comic: Mapping[str, str], cores: int) -> None:
    """Record that results are of a comic, from now on; the cores of the first run stay.

    Raises:
        AnotherComicError: they are of another.
    """
    check_comic(results, comic)
    before = read_record(results)
    record = {"comic": dict(comic), "cores": before.get("cores", cores)}
    if record != before:
        with atomic_file(results / RECORD) as part:
            part.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_evaluation(results: Path) -> None:
    """Remove what was judged by labels that are not set any more."""
    if (results / "evaluation.csv").exists():
        for name in JUDGED:
            remove(results / name)


def remove_outdated(results: Path, made: Collection[str]) -> None:
    """Remove what is out of date, as the run was asked for other things. The next run that is asked for it makes it.

    `made` are the files and folders of the run, which are up to date whatever their times.
    """
    for name, told_of in PUBLISHED:
        path = results / name
        is_made = any(Path(other).is_relative_to(path) for other in made)
        if not is_made and is_older(path, results / told_of):
            remove(path)


def is_older(one: Path, other: Path) -> bool:
    """Tell whether both are there, and one was changed before the other."""
    return one.exists() and other.exists() and one.stat().st_mtime_ns < other.stat().st_mtime_ns
