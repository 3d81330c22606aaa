"""Jobs start on all cores at once, and Snakemake looks for them no more often than need be."""

import json
import pstats
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from comics import Comic, copy_repository, draw_folder
from snakemake.jobs import GroupJobFactory

from reprise.orphans import RUN_NAME
from running import make_groups_anew

# An executor that has each job done on a machine of its own, as a cluster's does, and notes its threads.
ELSEWHERE = """
import subprocess
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.settings import CommonSettings

common_settings = CommonSettings(job_deploy_sources=False, non_local_exec=True, implies_no_shared_fs=False)


class Executor(RemoteExecutor):
    def run_job(self, job):
        info = SubmittedJobInfo(job)
        self.report_job_submission(info)
        with open("threads.txt", "a") as noted:
            noted.write(f"{job.rule.name} {job.threads}\\n")
        done = subprocess.run(self.format_job_exec(job), shell=True)
        (self.report_job_error if done.returncode else self.report_job_success)(info)

    async def check_active_jobs(self, active_jobs):
        for job in ():
            yield job

    def cancel_jobs(self, active_jobs):
        pass
"""

# One that cannot tell at first how its jobs are, as Slurm's while its controller is restarted, and would rather not be
# asked again soon.
SILENT = ELSEWHERE.replace(
    """        (self.report_job_error if done.returncode else self.report_job_success)(info)

    async def check_active_jobs(self, active_jobs):
        for job in ():
            yield job
""",
    """
    looks = 0

    async def check_active_jobs(self, active_jobs):
        self.looks += len(active_jobs)
        if active_jobs:
            self.next_seconds_between_status_checks = 1000
        for job in active_jobs:
            if self.looks > 2:
                self.report_job_success(job)
        for job in ():
            yield job
""",
)

# What the libraries of a job would take of the cores, however many there are.
NOTE_THREADS = """
import cv2, json, numpy, threadpoolctl
with open("libraries.json", "w") as noted:
    json.dump([cv2.getNumThreads(), *(pool["num_threads"] for pool in threadpoolctl.threadpool_info())], noted)
"""


def test_jobs_are_looked_for_as_others_end(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 48)
    settings = {"comic": {"source": "folder", "folder": "../pages"}, "fingerprint": {"shard_panels": 2}}
    comic = Comic(tmp_path / "run", settings, cores=3)
    run = comic.run("--verbose", "results/panels.csv")
    assert run.jobs["fingerprint"] == 24
    # Each look asks for the sizes of all files of as many jobs: four more than there are cores.
    looked_at = re.findall(r"Ready (?:subsampled )?jobs: (\d+)", run.text)
    assert len(looked_at) <= 1 + sum(run.jobs.values()) + 1
    assert max(map(int, looked_at)) == 7
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


@pytest.mark.parametrize(("more", "threads"), [((), 1), (("--max-threads", "2"), 2)])
def test_a_job_on_another_machine_takes_no_more_cores_than_are_known_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], threads: int
) -> None:
    draw_folder(tmp_path / "pages", 3)
    settings = {"comic": {"source": "folder", "folder": "../pages"}, "fingerprint": {"shard_panels": 1}}
    comic = Comic(tmp_path / "run", settings, cores=8)
    comic.run("results/fingerprints/0000.npz", "results/fingerprints/0001.npz", "results/fingerprints/0002.npz")
    plugin = tmp_path / "snakemake_executor_plugin_elsewhere"
    plugin.mkdir()
    (plugin / "__init__.py").write_text(ELSEWHERE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    comic.run("--executor", "elsewhere", "--jobs", "2", *more, "results/blocks/0-0.npz")
    assert (comic.directory / "threads.txt").read_text() == f"shared_lines 1\nhamming_block {threads}\n"
    assert (comic.results / "blocks/0-0.npz").exists()


def test_jobs_are_not_forgotten_while_a_cluster_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_folder(tmp_path / "pages", 2)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}})
    plugin = tmp_path / "snakemake_executor_plugin_silent"
    plugin.mkdir()
    (plugin / "__init__.py").write_text(SILENT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    options = ["--executor", "silent", "--jobs", "2", "--seconds-between-status-checks", "1"]
    run = subprocess.run(
        comic.snakemake(*options, "results/fingerprints/0000.npz"), timeout=120, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert not (comic.directory / RUN_NAME).exists()


class OneJob:
    """All that a group asks of a job as it is made: the setting of how often jobs have been tried."""

    dag = SimpleNamespace(workflow=SimpleNamespace(execution_settings=SimpleNamespace(attempt=1)))


def test_a_group_of_jobs_holds_none_that_was_replaced() -> None:
    """As jobs are, of which the inputs are known only once a checkpoint is done."""
    make_groups_anew()
    kept, replaced = OneJob(), OneJob()
    groups = GroupJobFactory()
    groups.new("cluster", [kept], {}).merge(groups.new("cluster", [kept, replaced], {}))
    assert groups.new("cluster", [kept], {}).jobs == {kept}


def test_what_is_the_same_for_all_jobs_of_a_rule_is_looked_at_once(tmp_path: Path) -> None:
    """Neither do more jobs have Snakemake read a script again, nor ask a function for its arguments."""
    calls = []
    for panels in (4, 12):
        draw_folder(tmp_path / "pages", panels)
        settings = {"comic": {"source": "folder", "folder": "../pages"}, "fingerprint": {"shard_panels": 1}}
        comic = Comic(tmp_path / f"run of {panels}", settings)
        comic.run("results/index.csv")
        python, *command = comic.snakemake("--dry-run", "--quiet", "all", "--", "results/shared_lines.csv")
        profile = tmp_path / f"{panels}.profile"
        subprocess.run([python, "-m", "cProfile", "-o", str(profile), *command], check=True)
        stats = pstats.Stats(str(profile)).get_stats_profile().func_profiles
        assert stats["log_info"].ncalls == str(panels + 1)  # so many jobs
        calls.append({name: stats[name].ncalls for name in ("get_source", "signature")})
    assert calls[0] == calls[1]


def test_libraries_take_no_more_cores_than_a_job_has(tmp_path: Path) -> None:
    repository = copy_repository(tmp_path / "reprise")
    with (repository / "scripts/index_panels.py").open("a") as script:
        script.write(NOTE_THREADS)
    draw_folder(tmp_path / "pages", 3)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}, repository)
    comic.run("results/index.csv")
    assert set(json.loads((comic.directory / "libraries.json").read_text())) == {1}


def test_a_comic_is_cut_for_the_cores_of_its_first_run(tmp_path: Path) -> None:
    """Fewer or more of them, or another machine, do nothing anew; a page more adds its own work alone."""
    draw_folder(tmp_path / "pages", 3)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}, cores=3)
    assert comic.run("results/index.csv").jobs["index_panels"] == 1
    comic.cores = 1
    assert "Nothing to be done" in comic.run("results/index.csv").text
    assert json.loads((comic.results / "reprise.json").read_text())["cores"] == 3


def test_what_takes_longest_is_not_left_to_the_end(tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 8)
    comic = Comic(tmp_path / "run", {"comic": {"source": "folder", "folder": "../pages"}}, cores=1)
    rules = list(comic.run().jobs)
    assert rules.index("gallery") < rules.index("cluster_folders") < rules.index("summary")
