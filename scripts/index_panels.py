"""List the panels of the comic in story order and give each its name, `<page>_<count>`.

The list says where each panel is, not what is in it: no image is opened here, so that the list of ten thousand panels
is a matter of a second. It also says into which shard and which block each falls: by these every later step is split.

Starting a job costs about as much as reading a hundred panels, or searching two million pairs; a core without a job
does nothing. So shards are small at the front, where a short comic ends, and grow with their distance from it: as the
panels become many, jobs become few to a panel, and there are always several to a core. A block is shared out to several
threads, and as large as the memory allows. A comic that grows at its end leaves the shards and blocks before it as they
were.
"""

from reprise.job import job

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.source import Found, find_images, natural_order

INDEX_COLUMNS = ["panel", "page", "count", "file", "url", "page_url", "title", "status"]

# Longer numbers are no page numbers (hashes, dates with times) and would not fit a column of integers.
MOST_DIGITS = 9


def page_and_count(file: str, pattern: re.Pattern[str]) -> tuple[int | None, int | None]:
    """Read the page and the count of a panel from its file name without suffix; None where the name has none."""
    found = pattern.search(PurePosixPath(file).stem)
    groups = found.groupdict() if found else {}
    texts = {name: text for name, text in groups.items() if text and text.isdecimal()}
    numbers = {name: int(text) for name, text in texts.items() if len(text.lstrip("0")) <= MOST_DIGITS}
    return (numbers["page"], numbers.get("count")) if "page" in numbers else (None, None)


def name_panels(files: Iterable[str], page_pattern: str) -> pd.DataFrame:
    """Give every file a page and a count of its own.

    A file keeps the page and count its name tells. Where two files claim the same place the later one in order takes
    the next free count of that page; files whose names tell no page follow after the last page, a page each.

    Returns:
        A frame with `panel`, `page`, `count`, `file`, sorted by page and count.
    """
    pattern = re.compile(page_pattern)
    claims: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    unnumbered = []
    for file in files:
        page, count = page_and_count(file, pattern)
        if page is None:
            unnumbered.append(file)
        else:
            claims[page].append((count, file))
    next_page = max(claims, default=0) + 1
    claims |= {page: [(1, file)] for page, file in enumerate(unnumbered, next_page)}

    rows = []
    for page, files_of_page in claims.items():
        taken: dict[int, str] = {}
        late = []
        for count, file in files_of_page:
            if count is None or count in taken:
                late.append(file)
            else:
                taken[count] = file
        free = 1
        for file in late:
            while free in taken:
                free += 1
            taken[free] = file
        rows += [(f"{page}_{count}", page, count, file) for count, file in taken.items()]
    table = pd.DataFrame(rows, columns=["panel", "page", "count", "file"])
    return table.sort_values(["page", "count"], ignore_index=True)


def index_files(files: Iterable[str], page_pattern: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Index the image files of a folder or archive; see `index_panels` for the two tables."""
    panels = name_panels(sorted(files, key=natural_order), page_pattern)
    panels = panels.assign(status="ok").reindex(columns=INDEX_COLUMNS, fill_value="")
    pages = panels.groupby("page").size().rename("panels").reset_index()
    return panels, pages.assign(page_url="", title="", status="ok")


def index_downloads(manifests: Iterable[str | Path], can_be_visited: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Index the downloads of a web comic from the manifests of its page ranges; see `index_panels`.

    Where the pages cannot be visited once they are fetched, as the demo's, they get no `page_url`.
    """
    texts = dict.fromkeys(["file", "url", "page_url", "title", "status"], str)
    manifest_rows = [tables.read_csv(path, dtype=texts, keep_default_na=False) for path in manifests]
    # Ranges come in the order of their jobs; a page is never in two of them.
    rows = pd.concat(manifest_rows).sort_values(["page", "count"], ignore_index=True)
    if not can_be_visited:
        rows["page_url"] = ""
    panels = rows[rows["count"] > 0].copy()
    panels["panel"] = panels["page"].astype(str) + "_" + panels["count"].astype(str)
    by_page = rows.groupby("page")
    pages = by_page[["page_url", "title"]].first()
    pages["panels"] = by_page["count"].apply(lambda count: int((count > 0).sum()))
    pages["status"] = by_page[["count", "status"]].apply(
        lambda page: page["status"].iloc[0] if page["count"].iloc[0] == 0 else "ok"
    )
    return panels[INDEX_COLUMNS], pages.reset_index()


class Growth(NamedTuple):
    """How pieces grow with their distance from the front.

    Attributes:
        smallest, largest: the sizes of the first pieces, and of those far away.
        share: a piece takes up to such a share of all that is before it, which may be more than 1.
    """

    smallest: int
    largest: int
    share: float

    def starts(self, count: int) -> list[int]:
        """Return where the pieces begin into which so many panels are cut; sizes are powers of two, as their bounds."""
        starts = []
        start = 0
        while start < count:
            starts.append(start)
            size = 1 << max(0, int(start * self.share).bit_length() - 1)
            start += min(self.largest, max(self.smallest, size))
        return starts


def shard_growth(size: int | None, cores: int) -> Growth:
    """Return how shards grow: all of one size if that is set, else some two to a core each time the panels double.

    More would be more jobs to start; with fewer, cores would wait for the last of them. So few cores have larger ones.
    """
    if size:
        return Growth(size, size, 1)
    shares = power_of_two(cores)
    return Growth(max(256, 1024 // shares), 4096, 1 / (2 * shares))


def block_growth(size: int | None) -> Growth:
    """Return how blocks grow: all of one size if that is set, else so that a comic of up to 16,384 panels is one.

    The largest bounds the memory of a comparison, and makes several even of a very long comic, for several machines.
    """
    return Growth(size, size, 1) if size else Growth(16384, 32768, 2)


def power_of_two(number: int) -> int:
    """Return the least power of two that is not less."""
    return 1 << (number - 1).bit_length()


def cut(panels: int, shards: Growth, blocks: Growth) -> tuple[Sequence[int], Sequence[int]]:
    """Cut so many panels into shards, and put these into blocks: each into the one that its first panel would be in.

    Returns:
        The number of each panel's shard, and of its block.
    """
    starts, wanted = shards.starts(panels), blocks.starts(panels)
    of_shard = np.unique([bisect_right(wanted, start) for start in starts], return_inverse=True)[1]
    sizes = [end - start for start, end in pairwise([*starts, panels])]
    return np.repeat(np.arange(len(starts)), sizes).tolist(), np.repeat(of_shard, sizes).tolist()


def index_panels(
    panels: pd.DataFrame,
    pages: pd.DataFrame,
    shards: Growth,
    blocks: Growth,
    index: str | Path,
    page_table: str | Path,
) -> None:
    """Write the index and the table of pages.

    Args:
        panels: INDEX_COLUMNS, a row a panel, in story order.
        pages: a row a page, missing ones included.
        shards, blocks: how panels are cut into them.
        index: gets `panels` with the numbers of the `shard` and the `block` of each.
        page_table: gets `pages`.
    """
    of_shard, of_block = cut(len(panels), shards, blocks)
    with atomic_file(index) as part:
        tables.write_csv(panels.assign(shard=of_shard, block=of_block), part)
    with atomic_file(page_table) as part:
        tables.write_csv(pages[["page", "panels", "page_url", "title", "status"]], part)


def write_passed_over(passed_over: Sequence[tuple[str, str]], table: str | Path) -> None:
    """Write what looks like panels and is none: `file` (a folder has a slash at its end) and the `reason`."""
    with atomic_file(table) as part:
        tables.write_csv(pd.DataFrame(passed_over, columns=["file", "reason"], dtype=str), part)


if __name__ == "__main__":
    with job() as snakemake:
        if snakemake.params.folder:
            found = find_images(snakemake.params.folder)
            panels, pages = index_files(found.images, snakemake.params.page_pattern)
        else:
            found = Found(set(), [])
            panels, pages = index_downloads(snakemake.input.manifests, snakemake.params.can_be_visited)
        if panels.empty and snakemake.params.folder:
            first = "".join(f", only {name}, passed over: {why}" for name, why in found.passed_over[:1])
            sys.exit(f"{snakemake.params.folder}: there is no panel in it{first}")
        if panels.empty:
            sys.exit(f"No panel was found on {len(pages)} pages: does comic.web.panels say which images are panels?")
        index_panels(
            panels=panels,
            pages=pages,
            shards=shard_growth(snakemake.params.shard_panels, snakemake.params.cores),
            blocks=block_growth(snakemake.params.block_panels),
            index=snakemake.output.index,
            page_table=snakemake.output.pages,
        )
        write_passed_over(found.passed_over, snakemake.output.passed_over)
