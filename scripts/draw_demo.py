"""Draw the demo: a comic whose reuse is known, as a web site on disk and a table of the truth.

How the comic itself is drawn is told by the package `demo_comic`; this is its site.
"""

from reprise.job import job

import csv
import hashlib
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from demo_comic.colours import CLOTHS, PAPER, WALLS
from demo_comic.drawings import Caption, Drawing, backdrop
from demo_comic.marks import generator, poly, put
from demo_comic.parts.comic import Comic
from demo_comic.parts.materials import Kit
from demo_comic.parts.places import Place
from demo_comic.parts.plan import TRUTH, plan_pictures, share_out, shared_boxes
from demo_comic.pictures import render
from demo_comic.story import Panel, draw_panels, plot_story
from demo_comic.things import cup, teapot
from demo_comic.words import sentence
from reprise.atomic import atomic_file, atomic_folder
from reprise.progress import progress

ORIGIN = "http://demo.reprise.example"
"""Where the demo is said to live; a server on loopback answers for it (`.example` is reserved, RFC 2606)."""

DOWNLOADS = "results/downloads/images"
"""Where `download_pages` puts panels, as the truth names them."""

COMIC = "Second Helpings"
"""The name of the comic."""

ABOUT_HALF = 0.45
"""So much of both panels is shared by those that belong together. What is shared has no sharp edges."""

STYLE = """
body { margin: 0; background: #e9dcc0; color: #26222f; font: 17px/1.5 Georgia, serif; text-align: center; }
main { max-width: 700px; margin: 1.5rem auto; padding: 1rem 1.5rem; background: #fcf8ee; border: 3px solid #26222f; }
img { max-width: 100%; height: auto; }
img.panel { display: block; margin: 1rem auto; }
nav a { margin: 0 .6rem; color: #30638e; }
nav img { vertical-align: middle; }
footer { color: #7d6a58; font-size: .85rem; }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><a href="{first}"><img class="logo" src="images/logo.png" width="420" height="90" alt="{comic}"></a></header>
<main>
<h1>{title}</h1>
{panels}
<nav>
{links}
</nav>
</main>
<footer>{comic} is drawn by Reprise, line by line, from a number.</footer>
</body>
</html>
"""


def draw_demo(site: Path, truth: Path, shared: Path, seed: int, pages: int, parts: int) -> None:
    """Draw the comic: its site, and the truth as a table with a row a panel. After its pages come `parts` more.

    The site is one folder, with a file a page and the images. It is named after all that was drawn. So a comic that is
    drawn otherwise has other addresses, and what was fetched before is not taken for it. `truth` has the columns `file`
    (where the panel lies after its download), `panel`, `cluster` (a number of its own where nothing is reused),
    `transformation` (`original`, `single`, a key of `TRANSFORMATIONS` or of `TRAPS`) and `source` (the panel whose
    drawing comes back). Of the pages of `parts` panels are of one cluster where what they share is about half of both.
    Their `transformation` is one of KINDS or LOOKALIKES. `shared` has the parts, as TRUTH.
    """
    story = plot_story(seed, pages)
    panels = list(progress(draw_panels(story, seed), len(story), "panels drawn"))
    further, boxes = draw_further(seed, parts, pages + 1, 1 + max(panel.cluster for panel in panels))
    panels += further
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("file", "panel", "cluster", "transformation", "source"))
    for panel in panels:
        rows.writerow((file_of(panel), panel.name, panel.cluster, panel.transformation, panel.source))
    edition = hashlib.sha256(b"".join(panel.image for panel in panels) + table.getvalue().encode()).hexdigest()[:12]
    with atomic_folder(site) as folder:
        write_site(folder / edition, panels, seed)
    with atomic_file(truth) as part:
        part.write_text(table.getvalue(), newline="\n")
    with atomic_file(shared) as part, part.open("w", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([TRUTH, *boxes])


def file_of(panel: Panel) -> str:
    """Return where a panel lies after its download."""
    return f"{DOWNLOADS}/{panel.name}.{panel.extension}"


def draw_further(seed: int, pages: int, first: int, cluster: int) -> tuple[list[Panel], Sequence[Sequence[object]]]:
    """Draw pages that share parts, or look as if they did.

    Args:
        seed: of all that is drawn.
        pages: how many; one panel each.
        first: number of the first page.
        cluster: number of its panel's cluster; those that follow go on from there.

    Returns:
        The panels, and which share a part, as rows of TRUTH.
    """
    panels: list[Panel] = []
    shown: list[tuple[str, Place]] = []
    sizes: dict[str, tuple[int, int]] = {}
    pictures = plan_pictures(Comic(Kit(seed), seed), *share_out(pages))
    for number, (kind, draw) in enumerate(progress(pictures, len(pictures), "pages of parts drawn")):
        drawn, file = draw(), io.BytesIO()
        drawn.picture.save(file, "PNG")
        panel = Panel(first + number, 1, file.getvalue(), "png", cluster + number, kind, "")
        panels.append(panel)
        shown += [(file_of(panel), place) for place in drawn.places]
        sizes[file_of(panel)] = drawn.picture.size
    boxes = shared_boxes(shown)
    first_of = {file: file for file in sizes}
    for file_a, file_b, *_, box_a, box_b in boxes:
        if min(cover(box_a, sizes[file_a]), cover(box_b, sizes[file_b])) >= ABOUT_HALF:
            joined = first_of[file_b]
            first_of |= {file: first_of[file_a] for file, one in first_of.items() if one == joined}
    clusters = {file_of(panel): panel.cluster for panel in panels}
    return [replace(panel, cluster=clusters[first_of[file_of(panel)]]) for panel in panels], boxes


def cover(box: str, size: tuple[int, int]) -> float:
    """Return the share of a picture of a width and height that a box takes, as TRUTH has it."""
    left, top, right, bottom = map(int, box.split())
    return (right - left) * (bottom - top) / (size[0] * size[1])


def write_site(folder: Path, panels: Sequence[Panel], seed: int) -> None:
    """Write the pages and images of an edition into its folder, which is named after the edition."""
    (folder / "images").mkdir(parents=True)
    (folder / "style.css").write_text(STYLE, newline="\n")
    for name, image in _ornaments().items():
        image.save(folder / "images" / name, "PNG")
    pages: dict[int, list[Panel]] = {}
    for panel in panels:
        pages.setdefault(panel.page, []).append(panel)
    numbers = list(pages)
    for place, (page, shown) in enumerate(pages.items()):
        rng = generator(seed, "page", page)
        images = []
        for panel in shown:
            address = f"images/act{1 + page // 60}/{page:04d}{' abc'[panel.count]}.{panel.extension}"
            (folder / address).parent.mkdir(exist_ok=True)
            (folder / address).write_bytes(panel.image)
            start = rng.choice(("", f"/{folder.name}/", f"{ORIGIN}/{folder.name}/"))
            with Image.open(io.BytesIO(panel.image)) as image:
                width, height = image.size
            images.append(f'<img class="panel" src="{start}{address}" width="{width}" height="{height}" alt="">')
        title = f"{page}. {sentence(rng).rstrip('.')}"
        links = [
            f'<a href="{numbers[other]}.html"><img src="images/{name}.png" width="32" height="32" alt="{name}"></a>'
            for name, other in (("back", place - 1), ("next", place + 1))
            if 0 <= other < len(numbers)
        ]
        filled = PAGE.format(
            title=html.escape(title),
            comic=html.escape(COMIC),
            first=f"{numbers[0]}.html",
            panels="\n".join(images),
            links="\n".join(links),
        )
        (folder / f"{page}.html").write_text(filled, newline="\n")


def _ornaments() -> Mapping[str, Image.Image]:
    """Draw the images of a page that are no panels: the comic's name and two arrows."""
    rng = generator("ornaments")
    crockery = put(teapot(rng), 48, 78, 58) + put(cup(rng), 375, 78, 54)
    name = Drawing([backdrop(WALLS[0]), *crockery], captions=(Caption(COMIC, 225, 50, 30, None),))
    arrow = [backdrop(PAPER), poly([(6, 4), (28, 16), (6, 28)], CLOTHS[1])]
    forward = render(Drawing(arrow)).crop((0, 0, 32, 32))
    return {
        "logo.png": render(name).crop((0, 0, 420, 90)),
        "next.png": forward,
        "back.png": forward.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    }


if __name__ == "__main__":
    with job() as snakemake:
        draw_demo(
            site=Path(snakemake.output.site),
            truth=Path(snakemake.output.truth),
            shared=Path(snakemake.output.parts),
            seed=snakemake.params.seed,
            pages=snakemake.params.pages,
            parts=snakemake.params.parts,
        )
