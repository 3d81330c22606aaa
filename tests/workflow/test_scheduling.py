"""Jobs start on all cores at once, and Snakemake looks for them no more often than need be."""

import re
from pathlib import Path

from comics import Comic, draw_folder


def test_jobs_are_looked_for_as_others_end(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 48)
    settings = {"comic": {"source": "folder", "folder": "../pages"}, "fingerprint": {"shard_panels": 2}}
    comic = Comic(tmp_path / "run", settings, cores=3)
    run = comic.run("--verbose", "results/panels.csv")
    assert run.jobs["fingerprint"] == 24
    # Each look asks for the sizes of all files of as many jobs: two more than there are cores.
    looked_at = re.findall(r"Ready (?:subsampled )?jobs: (\d+)", run.text)
    assert len(looked_at) <= 1 + sum(run.jobs.values()) + 1
    assert max(map(int, looked_at)) == 5
    assert "Execute 3 jobs..." in run.text


def test_a_short_comic_is_compared_while_it_is_searched(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 8)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}, cores=2)
    text = comic.run("results/partners.npz").text
    begun = sorted(text.index(message) for message in ("Compare block 0", "Search block 0"))
    assert "Finished" not in text[slice(*begun)]


def test_a_comparison_can_be_asked_for_before_there_is_a_layout(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 8)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}})
    assert "Compare block 0 with block 0" in comic.run("--dry-run", "results/blocks/0-0.npz").text


def test_what_takes_longest_is_not_left_to_the_end(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 8)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}, cores=1)
    rules = list(comic.run().jobs)
    assert rules.index("gallery") < rules.index("cluster_folders") < rules.index("summary")
