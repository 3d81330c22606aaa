"""List the panels of the comic in story order and give each its name, `<page>_<count>`.

The list says where each panel is, not what is in it. No image is opened here, so that ten thousand panels are listed in
a second. It also says in which shard and in which block each panel is: these are what later jobs take.

To start a job costs about as much as to read a hundred panels, or to search two million pairs. But a core without a job
does nothing. So shards are small at the front, where a short comic ends, and grow with their distance from it. The more
panels there are, the fewer jobs each of them costs, and there are always several jobs to a core. Several threads share
a block, and it is as large as the memory allows. When a comic grows at its end, the shards and blocks before stay as
they were.
"""

from reprise.job import job

import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from reprise import tables
from reprise.atomic import atomic_file
from reprise.source import Found, find_images
from reprise.story.pages import Place
from reprise.story.tell import tell_story, tell_story_by

INDEX_COLUMNS = ["panel", "page", "count", "place", "page_name", "file", "url", "page_url", "title", "text", "status"]
PAGE_COLUMNS = ["page", "place", "page_name", "panels", "page_url", "title", "status"]


def index_files(files: Iterable[str], page_pattern: str | None) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Index the image files of a folder or archive.

    Returns:
        The two tables of `index_panels`, and how the order of the files was read, in words.
    """
    story = tell_story(files) if page_pattern is None else tell_story_by(files, page_pattern)
    panels = pd.DataFrame(map(asdict, story.places), columns=[field.name for field in fields(Place)])
    panels["panel"] = panels["page"].astype(str) + "_" + panels["count"].astype(str)
    panels = panels.assign(status="ok").reindex(columns=INDEX_COLUMNS, fill_value="")
    pages = panels.groupby("page").agg(
        place=("place", "first"), page_name=("page_name", "first"), panels=("panel", "size")
    )
    return panels, pages.reset_index().assign(page_url="", title="", status="ok"), story.reading


def without_repeats(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn the panels of pages that only led to another page of the comic into a row that says so.

    A site may send whoever asks for a page that it has not to the last it has. The page that was asked for by the
    address it is at is the one, or else the first.
    """
    pages = rows[rows["file"] != ""].drop_duplicates("page")[["page", "page_url", "found_at"]]
    pages = pages.assign(at=pages["found_at"].where(pages["found_at"] != "", pages["page_url"]))
    pages = pages.assign(led=pages["at"] != pages["page_url"]).sort_values(["led", "page"])
    one = pages.drop_duplicates("at").set_index("at")["page"]
    pages = pages.assign(one=pages["at"].map(one))
    repeats = pages[pages["led"] & (pages["one"] != pages["page"])].set_index("page")["one"]
    is_repeat = rows["page"].isin(repeats.index)
    told = rows[is_repeat].drop_duplicates("page")
    told = told.assign(
        count=0, file="", url="", status="missing: leads to page " + told["page"].map(repeats).astype(str)
    )
    return pd.concat([rows[~is_repeat], told]).sort_values(["page", "count"], ignore_index=True)


def index_downloads(manifests: Iterable[str | Path], can_be_visited: bool) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Index the downloads of a web comic from the manifests of its page ranges; see `index_files`.

    Where the pages cannot be visited once they are fetched, as the demo's, they get no `page_url`.
    """
    texts = dict.fromkeys(["file", "url", "page_url", "title", "status", "text", "found_at"], str)
    manifest_rows = [tables.read_csv(path, dtype=texts, keep_default_na=False) for path in manifests]
    # Ranges come in the order of their jobs; a page is never in two of them.
    rows = (
        pd.concat(manifest_rows)
        .reindex(columns=["page", "count", *texts], fill_value="")
        .sort_values(["page", "count"], ignore_index=True)
    )
    rows = without_repeats(rows)
    if not can_be_visited:
        rows["page_url"] = ""
    rows = rows.assign(place=rows["page"] - rows["page"].min() + 1, page_name=rows["page"].astype(str))
    panels = rows[rows["count"] > 0].copy()
    panels["panel"] = panels["page"].astype(str) + "_" + panels["count"].astype(str)
    by_page = rows.groupby("page")
    pages = by_page[["place", "page_name", "page_url", "title"]].first()
    pages["panels"] = by_page["count"].apply(lambda count: int((count > 0).sum()))
    pages["status"] = by_page[["count", "status"]].apply(
        lambda page: page["status"].iloc[0] if page["count"].iloc[0] == 0 else "ok"
    )
    return panels[INDEX_COLUMNS], pages.reset_index(), f"pages {rows['page'].min()} to {rows['page'].max()}"


class Growth(NamedTuple):
    """How pieces grow with their distance from the front.

    Attributes:
        smallest, largest: the sizes of the first pieces, and of those far away.
        share: how large a piece is at most, as a share of all that is before it; it may be more than 1.
    """

    smallest: int
    largest: int
    share: float

    def starts(self, count: int) -> list[int]:
        """Return where the pieces begin into which so many panels are cut; sizes and bounds are powers of two."""
        starts = []
        start = 0
        while start < count:
            starts.append(start)
            size = 1 << max(0, int(start * self.share).bit_length() - 1)
            start += min(self.largest, max(self.smallest, size))
        return starts


def shard_growth(size: int | None, cores: int) -> Growth:
    """Return how shards grow: all of one size if that is set, else some two to a core each time the panels double.

    With more there would be more jobs to start; with fewer, cores would wait for the last job. Fewer cores have larger
    ones.
    """
    if size:
        return Growth(size, size, 1)
    shares = power_of_two(cores)
    return Growth(max(256, 1024 // shares), 4096, 1 / (2 * shares))


def block_growth(size: int | None) -> Growth:
    """Return how blocks grow: all of one size if that is set, else so that a comic of up to 16,384 panels is one.

    The largest size bounds the memory of a comparison. A very long comic has several blocks, for several machines.
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
    reading: str,
    index: str | Path,
    page_table: str | Path,
    story: str | Path,
) -> None:
    """Write the index, the table of pages, and how their order was read.

    Args:
        panels: INDEX_COLUMNS, a row a panel, in story order.
        pages: PAGE_COLUMNS, a row a page, missing ones included.
        shards, blocks: how panels are cut into them.
        reading: how their order was read, in words.
        index: gets `panels` with the numbers of the `shard` and the `block` of each.
        page_table, story: get `pages` and `reading`.
    """
    of_shard, of_block = cut(len(panels), shards, blocks)
    with atomic_file(index) as part:
        tables.write_csv(panels.assign(shard=of_shard, block=of_block), part)
    with atomic_file(page_table) as part:
        tables.write_csv(pages[PAGE_COLUMNS], part)
    with atomic_file(story) as part:
        part.write_text(f"{reading}\n", encoding="utf-8")


def write_passed_over(passed_over: Sequence[tuple[str, str]], table: str | Path) -> None:
    """Write what looks like a panel and is none: `file` (with a slash at the end of a folder) and the `reason`."""
    with atomic_file(table) as part:
        tables.write_csv(pd.DataFrame(passed_over, columns=["file", "reason"], dtype=str), part)


if __name__ == "__main__":
    with job() as snakemake:
        if snakemake.params.folder:
            found = find_images(snakemake.params.folder)
            panels, pages, reading = index_files(found.images, snakemake.params.page_pattern)
        else:
            found = Found(set(), [])
            panels, pages, reading = index_downloads(snakemake.input.manifests, snakemake.params.can_be_visited)
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
            reading=reading,
            index=snakemake.output.index,
            page_table=snakemake.output.pages,
            story=snakemake.output.story,
        )
        write_passed_over(found.passed_over, snakemake.output.passed_over)
