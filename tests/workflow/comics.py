"""Runs the workflow for real, on small comics, in folders of their own."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml
from PIL import Image, ImageDraw

REPOSITORY = Path(__file__).parents[2]
WORKFLOW_FILES = ("Snakefile", "config.yaml", "profiles", "scripts", "workflow", "envs")

# What must be the same, byte for byte, however the same comic was worked through.
TABLES = ("panels.csv", "pages.csv", "pairs.csv", "clusters.csv", "ranking.csv", "passages.csv", "evaluation.csv")

# Settings of a demo comic that is done in seconds.
DEMO: dict[str, Any] = {"comic": {"source": "demo", "demo": {"pages": 40}}}


@dataclass(frozen=True)
class Run:
    """What a run of Snakemake did: how often it ran each rule, how it ended, and what it said."""

    jobs: Counter[str]
    status: int
    text: str


@dataclass
class Comic:
    """A folder in which the workflow is run, with settings of its own.

    Unless these say what is searched for, `search` does: that for parts takes as long as all else. A demo has no pages
    of parts unless they ask for some.
    """

    directory: Path
    settings: dict[str, Any]
    repository: Path = REPOSITORY
    cores: int = 2
    search: str = "aligned"

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)

    @property
    def results(self) -> Path:
        return self.directory / "results"

    def snakemake(self, *arguments: str) -> list[str]:
        """Write the settings and return the command that runs the workflow with them."""
        settings = self.directory / "settings.yaml"
        match = {"search": self.search} | self.settings.get("match", {})
        comic = self.settings.get("comic", {})
        comic = comic | {"demo": {"parts": 0} | comic.get("demo", {})}
        settings.write_text(yaml.safe_dump(self.settings | {"comic": comic, "match": match}))
        where = ["--snakefile", str(self.repository / "Snakefile"), "--directory", str(self.directory)]
        with_settings = ["--configfile", str(settings), "--cores", str(self.cores)]
        return [sys.executable, "-m", "snakemake", *where, *with_settings, *arguments]

    def run(self, *arguments: str, status: int | None = 0) -> Run:
        """Run the workflow to its end and check its exit status."""
        done = subprocess.run(
            self.snakemake(*arguments), text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        finished = re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", done.stdout)
        jobs = Counter(rule for rule in finished if rule != "all")
        assert status is None or done.returncode == status, done.stdout[-6000:]
        return Run(jobs, done.returncode, done.stdout)

    def tables(self) -> dict[str, bytes]:
        """Return the bytes of the tables that others read."""
        return {name: (self.results / name).read_bytes() for name in TABLES if (self.results / name).exists()}


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_same(comic: Comic, reference: Comic, what: str = "") -> None:
    assert comic.tables() == reference.tables(), what
    for folder in ("gallery", "clusters", "plots"):
        assert folder_bytes(comic.results / folder) == folder_bytes(reference.results / folder), what


def draw_panel(path: Path, seed: int, ground: str = "white", ink: str = "black") -> None:
    """Draw a picture of random lines and boxes; the same seed gives the same lines in other colours."""
    random = Random(seed)
    picture = Image.new("RGB", (200, 150), ground)
    pen = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y = random.randrange(10, 150), random.randrange(10, 110)
        pen.rectangle((x, y, x + random.randrange(10, 50), y + random.randrange(10, 40)), outline=ink, width=3)
        pen.line([(random.randrange(200), random.randrange(150)) for _ in range(2)], fill=ink, width=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def draw_folder(folder: Path, pages: int) -> None:
    """Draw a comic of single panels in which every fifth page recolours the page three before it."""
    for page in range(1, pages + 1):
        if page % 5 == 0:
            draw_panel(folder / f"{page}_1.png", page - 3, "midnightblue", "gold")
        else:
            draw_panel(folder / f"{page}_1.png", page)


def copy_repository(target: Path) -> Path:
    """Copy what a run needs of this repository, to be edited."""
    target.mkdir()
    for name in WORKFLOW_FILES:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    return target
