"""A change re-runs what depends on it and nothing else."""

import csv
import hashlib
import os
import re
import shutil
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from comics import Comic, copy_repository, draw_folder, draw_panel

FROM_RANK = {"rank", "cluster_folders", "large_pictures", "overlays", "gallery", "exports", "summary"}
COMPARED = {"hamming_block", "search_block", "partners", "align_block"}
FROM_COMMUNITIES = {"communities", "compositions", "plots"} | FROM_RANK
FROM_ADJACENCY = {"adjacency", "relate", "motifs"} | FROM_COMMUNITIES


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A comic of 40 panels, 5 shards of 8 and 3 blocks of 16, worked through once, in a repository to be edited."""
    place = tmp_path_factory.mktemp("reruns") / "finished"
    draw_folder(place / "pages", 40)
    settings = {
        "comic": {"source": "folder", "folder": "../pages"},
        "fingerprint": {"shard_panels": 8},
        "compare": {"block_panels": 16},
    }
    comic = Comic(place / "run", settings, copy_repository(place / "reprise"), search="parts")
    first = comic.run()
    assert first.jobs["fingerprint"] == 5
    assert first.jobs["hamming_block"] == 6
    return comic


@pytest.fixture
def comic(finished: Comic, tmp_path: Path) -> Comic:
    """A copy of the finished comic and of the repository it was made with, to be changed by one test."""
    # The copy keeps the times of change, and all its paths are relative, so that it is as finished as the original.
    shutil.copytree(finished.directory.parent, tmp_path / "copy")
    return Comic(tmp_path / "copy/run", finished.settings, tmp_path / "copy/reprise", search="parts")


def rerun(comic: Comic) -> Counter[str]:
    """Run again and return which jobs ran, having seen that a further run has nothing to do."""
    jobs = comic.run().jobs
    again = comic.run()
    assert not again.jobs
    assert "Nothing to be done" in again.text
    return jobs


def matches(comic: Comic) -> set[tuple[str, str]]:
    """Return the pairs of panels that match."""
    with (comic.results / "pairs.csv").open(newline="") as lines:
        return {(row["panel_a"], row["panel_b"]) for row in csv.DictReader(lines)}


def test_nothing_changed(comic: Comic) -> None:
    assert not rerun(comic)


def test_to_find_nothing_changed_no_tables_are_needed(comic: Comic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    told = comic.run().text
    assert importers(told, "jsonschema")
    for names in importers(told, "pandas"):
        assert any(name.startswith("snakemake_executor_plugin") for name in names), names


def importers(told: str, module: str) -> list[list[str]]:
    """Return which modules imported one, and which these, each time it was: after what Python tells of the times."""
    found = re.findall(r"^import time:\s+\d+ \|\s+\d+ \|( +)(\S+)$", told, re.MULTILINE)
    chains = []
    for place, (indent, name) in enumerate(found):
        if name == module:
            depth, names = len(indent), [""]
            for later, other in found[place + 1 :]:  # a module is told of after those that it imports
                if len(later) < depth:
                    depth = len(later)
                    names.append(other)
            chains.append(names)
    return chains


def test_what_else_is_at_work_may_use_tables(comic: Comic) -> None:
    """Plugins of Snakemake do, such as the one for Slurm clusters for its report."""
    repository = copy_repository(comic.directory.parent / "with a plugin")
    with (repository / "Snakefile").open("a") as snakefile:
        snakefile.write("\nimport pandas\n\nprint('tables:', len(pandas.DataFrame({'a': [1, 2]})))\n")
    told = replace(comic, repository=repository).run("--dry-run").text
    assert "tables: 2" in told


def test_edited_panel(comic: Comic) -> None:
    draw_panel(comic.directory.parent / "pages/1_1.png", 999)
    jobs = rerun(comic)
    assert jobs["fingerprint"] == jobs["features"] == 1
    assert jobs["hamming_block"] == 3  # block 0 with itself and both others
    assert jobs["search_block"] == 3
    read_again = {"fingerprint", "features", "shared_lines", "panels", "edge_pictures"}
    assert set(jobs) == read_again | COMPARED | {"parts"} | FROM_ADJACENCY


def test_touched_panel(comic: Comic) -> None:
    os.utime(comic.directory.parent / "pages/1_1.png")
    assert not rerun(comic)


def replace_by_older(path: Path, content: bytes) -> None:
    """Put other content in the place of a file, with the time of a year ago, as a restored backup has."""
    path.write_bytes(content)
    os.utime(path, (time.time() - 365 * 86400,) * 2)


def test_panel_replaced_by_an_older_one(comic: Comic) -> None:
    pages = comic.directory.parent / "pages"
    before = (comic.results / "panels.csv").read_bytes()
    replace_by_older(pages / "1_1.png", (pages / "2_1.png").read_bytes())
    assert rerun(comic)["fingerprint"] == 1
    assert (comic.results / "panels.csv").read_bytes() != before


def test_panels_that_swap_names(comic: Comic) -> None:
    pages = comic.directory.parent / "pages"
    swapped = {"1_1.png": (pages / "3_1.png").read_bytes(), "3_1.png": (pages / "1_1.png").read_bytes()}
    (pages / "1_1.png").rename(pages / "between.png")
    (pages / "3_1.png").rename(pages / "1_1.png")
    (pages / "between.png").rename(pages / "3_1.png")
    assert {name: (pages / name).read_bytes() for name in swapped} == swapped
    assert rerun(comic)["fingerprint"] == 1
    with (comic.results / "panels.csv").open(newline="") as lines:
        found = {row["file"]: row["sha256"] for row in csv.DictReader(lines)}
    assert {name: found[name] for name in swapped} == {
        name: hashlib.sha256(content).hexdigest() for name, content in swapped.items()
    }


def test_panel_with_a_name_that_snakemake_does_not_take(comic: Comic) -> None:
    """Added, touched, and replaced by an older one."""
    odd = comic.directory.parent / "pages/{odd} 41_1.png"
    shutil.copy(odd.with_name("2_1.png"), odd)
    assert rerun(comic)["fingerprint"] == 1
    os.utime(odd)
    assert not rerun(comic)
    replace_by_older(odd, odd.with_name("3_1.png").read_bytes())
    assert rerun(comic)["fingerprint"] == 1


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("communities.py", FROM_COMMUNITIES),
        ("reprise/corrections.py", FROM_ADJACENCY),
        ("gallery/clusters.html", {"gallery"}),
    ],
)
def test_code_replaced_by_an_older_one(comic: Comic, code: str, rules: set[str]) -> None:
    """As another release has it, with the times of its making."""
    path = comic.repository / "scripts" / code
    replace_by_older(path, path.read_bytes() + b"\n")
    assert set(rerun(comic)) >= rules


def test_other_lines_that_are_shared(comic: Comic) -> None:
    """What is compared by them is compared anew, and nothing before; where they are the same ones, nothing is."""
    own_lines, script = comic.results / "own_lines.npz", comic.repository / "scripts/shared_lines.py"
    before = own_lines.read_bytes()
    script.write_text(script.read_text() + "# a remark\n")
    jobs = rerun(comic)
    assert jobs["shared_lines"] == 1
    assert own_lines.read_bytes() == before
    assert COMPARED.isdisjoint(jobs)
    edited = re.sub(r"^FEW, MOST = .*", "FEW, MOST = -1, 0", script.read_text(), flags=re.MULTILINE)
    script.write_text(edited.replace("if shared >= LEAST_SHARED and not template:", "if True:"))
    jobs = rerun(comic)
    assert own_lines.read_bytes() != before
    assert jobs["hamming_block"] == jobs["search_block"] == jobs["align_block"] == 6
    assert set(jobs) == {"shared_lines", "panels", "edge_pictures"} | COMPARED | FROM_ADJACENCY


def test_list_replaced_by_an_older_one(comic: Comic) -> None:
    not_a_match, labels = comic.directory / "not_a_match.csv", comic.directory / "labels.csv"
    not_a_match.write_text("file_a,file_b\n2_1.png,5_1.png\n")
    labels.write_text("file,cluster\n2_1.png,1\n5_1.png,1\n")
    comic.settings = comic.settings | {
        "match": {"not_a_match": not_a_match.name},
        "evaluation": {"labels": labels.name},
    }
    rerun(comic)
    replace_by_older(not_a_match, b"file_a,file_b\n7_1.png,10_1.png\n")
    replace_by_older(labels, b"file,cluster\n2_1.png,1\n5_1.png,2\n")
    assert set(rerun(comic)) == FROM_ADJACENCY | {"evaluate"}
    assert ("2_1", "5_1") in matches(comic)


def test_results_of_which_nothing_is_on_record(comic: Comic) -> None:
    """As of a folder that was copied without what Snakemake keeps beside it: other settings count for them too."""
    shutil.rmtree(comic.directory / ".snakemake/metadata")
    comic.settings = comic.settings | {"fingerprint": {"shard_panels": 8, "resize": "nearest"}}
    assert rerun(comic)["fingerprint"] == 5


def test_page_more(comic: Comic) -> None:
    draw_panel(comic.directory.parent / "pages/41_1.png", 2)
    jobs = rerun(comic)
    assert jobs["index_panels"] == 1
    assert jobs["fingerprint"] == 1  # a sixth shard
    assert jobs["hamming_block"] == jobs["search_block"] == 3  # block 2, which it joins, with itself and both others
    assert "41_1" in (comic.results / "clusters.csv").read_text()


def test_page_less(comic: Comic) -> None:
    (comic.directory.parent / "pages/40_1.png").unlink()
    jobs = rerun(comic)
    assert jobs["fingerprint"] == 1
    assert "40_1" not in (comic.results / "panels.csv").read_text()


def test_threshold(comic: Comic) -> None:
    comic.settings = comic.settings | {"match": {"threshold": 0.55}}
    assert set(rerun(comic)) == FROM_ADJACENCY


def test_search(comic: Comic) -> None:
    comic.settings = comic.settings | {"match": {"search": "plain"}}
    assert set(rerun(comic)) == {"partners"} | FROM_ADJACENCY


def test_lists_that_correct_matches(comic: Comic) -> None:
    """A list that is new, one that is edited, one more, and none again."""
    not_a_match, must_match = comic.directory / "not_a_match.csv", comic.directory / "must_match.csv"
    not_a_match.write_text("file_a,file_b\n2_1.png,5_1.png\n")
    before = comic.settings
    comic.settings = before | {"match": {"not_a_match": not_a_match.name}}
    assert set(rerun(comic)) == FROM_ADJACENCY
    assert ("2_1", "5_1") not in matches(comic)
    not_a_match.write_text("file_a,file_b\n7_1.png,10_1.png\ngone.png,\n")
    run = comic.run()
    assert set(run.jobs) == FROM_ADJACENCY
    assert "not_a_match.csv: 1 row names a file that is not in this comic or could not be read: gone.png" in run.text
    assert ("2_1", "5_1") in matches(comic)
    assert ("7_1", "10_1") not in matches(comic)
    must_match.write_text("file_a,file_b\n1_1.png,3_1.png\n")
    comic.settings = before | {"match": {"not_a_match": not_a_match.name, "must_match": must_match.name}}
    assert set(rerun(comic)) == FROM_ADJACENCY
    assert ("1_1", "3_1") in matches(comic)
    comic.settings = before
    assert set(rerun(comic)) == FROM_ADJACENCY
    assert {("2_1", "5_1"), ("7_1", "10_1")} <= matches(comic)
    assert ("1_1", "3_1") not in matches(comic)


def test_cluster_resolution(comic: Comic) -> None:
    comic.settings = comic.settings | {"cluster": {"resolution": 0.4}}
    assert set(rerun(comic)) == FROM_COMMUNITIES


def test_rank(comic: Comic) -> None:
    comic.settings = comic.settings | {"cluster": {"rank": {"absence": 5}}}
    assert set(rerun(comic)) == FROM_RANK


def test_gallery_option(comic: Comic) -> None:
    comic.settings = comic.settings | {"gallery": {"clusters_per_page": 3}}
    assert set(rerun(comic)) == {"gallery"}


def test_mirror(comic: Comic) -> None:
    comic.settings = comic.settings | {"fingerprint": {"shard_panels": 8, "mirror": False}}
    jobs = rerun(comic)
    assert jobs["hamming_block"] == 6
    assert not jobs["fingerprint"]


def test_comment_in_the_settings(comic: Comic) -> None:
    with (comic.repository / "config.yaml").open("a") as settings:
        settings.write("# a remark\n")
    assert not rerun(comic)


def test_number_written_otherwise(comic: Comic) -> None:
    comic.settings = comic.settings | {"match": {"threshold": 0.50}, "cluster": {"seed": 1.0}}
    assert not rerun(comic)


def test_edited_script(comic: Comic) -> None:
    with (comic.repository / "scripts/communities.py").open("a") as script:
        script.write("# a remark\n")
    assert set(rerun(comic)) == FROM_COMMUNITIES


def test_edited_shared_module(comic: Comic) -> None:
    with (comic.repository / "scripts/reprise/source.py").open("a") as module:
        module.write("# a remark\n")
    jobs = rerun(comic)
    assert jobs["index_panels"] == 1
    assert jobs["fingerprint"] == 5
    assert jobs["cluster_folders"] == 1


def test_lost_table(comic: Comic) -> None:
    (comic.results / "pairs.csv").unlink()
    jobs = rerun(comic)
    assert jobs["relate"] == 1
    assert not jobs["hamming_block"]
