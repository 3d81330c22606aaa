"""List the panels of the comic in story order and give each its name, `<page>_<count>`.

The list says where each panel is, not what is in it: no image is opened here, so that the list of ten thousand panels
is a matter of a second and every later step can be split by it.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pandas as pd

from atomic import atomic_file
from panel_source import list_images

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


def index_folder(folder: str | Path, page_pattern: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Index the images of a folder or archive; see `index_panels` for the two tables."""
    panels = name_panels(list_images(folder), page_pattern)
    panels = panels.assign(status="ok").reindex(columns=INDEX_COLUMNS, fill_value="")
    pages = panels.groupby("page").size().rename("panels").reset_index()
    return panels, pages.assign(page_url="", title="", status="ok")


def index_downloads(manifests: Iterable[str | Path], can_be_visited: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Index the downloads of a web comic from the manifests of its page ranges; see `index_panels`.

    Where the pages cannot be visited once they are fetched, as the demo's, they get no `page_url`.
    """
    texts = dict.fromkeys(["file", "url", "page_url", "title", "status"], str)
    tables = [pd.read_csv(path, dtype=texts, keep_default_na=False) for path in manifests]
    # Ranges come in the order of their jobs; a page is never in two of them.
    rows = pd.concat(tables).sort_values(["page", "count"], ignore_index=True)
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


def index_panels(panels: pd.DataFrame, pages: pd.DataFrame, index: str | Path, page_table: str | Path) -> None:
    """Write the index (a row a panel, in story order) and the table of pages (a row a page, missing ones included)."""
    with atomic_file(index) as part:
        panels.to_csv(part, index=False)
    with atomic_file(page_table) as part:
        pages[["page", "panels", "page_url", "title", "status"]].to_csv(part, index=False)


if "snakemake" in globals():
    job = globals()["snakemake"]
    if job.params.folder:
        tables = index_folder(job.params.folder, job.params.page_pattern)
    else:
        tables = index_downloads(job.input.manifests, job.params.can_be_visited)
    if tables[0].empty:
        sys.exit(f"No panel was found on {len(tables[1])} pages: does comic.web.panels say which images are panels?")
    index_panels(*tables, job.output.index, job.output.pages)
