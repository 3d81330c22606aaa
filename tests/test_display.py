"""What is shown of a run: how far its stages are, and what an error says."""

import logging
import os
import time
from pathlib import Path

import pytest
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase
from snakemake_interface_logger_plugins.tests import TestLogHandlerBase

from display import STAGES, Job, LogHandler, Stage, in_words, plain_message, rules_of_stages
from reprise.progress import progress

REPOSITORY = Path(__file__).parents[1]


class TestDisplay(TestLogHandlerBase):
    """Takes all that Snakemake may tell, as its authors ask of a plugin."""

    __test__ = True

    def get_log_handler_cls(self) -> type[LogHandlerBase]:
        return LogHandler

    def get_log_handler_settings(self) -> LogHandlerSettingsBase:
        return LogHandlerSettingsBase()


def test_each_rule_belongs_to_the_stage_of_its_file() -> None:
    stages = rules_of_stages(REPOSITORY / "workflow")
    assert set(stages.values()) == set(STAGES)
    assert stages["index_panels"] == "acquire"
    assert stages["align_block"] == "compare"
    without_script = {path.stem for path in (REPOSITORY / "scripts").glob("*.py")} - set(stages)
    assert not without_script


def test_a_job_is_as_far_as_its_log_says(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    assert Job("compare", "Search", None).share_done() == 0
    assert Job("compare", "Search", log).share_done() == 0
    log.write_text("12:00:00 search: 9 of 9\n")
    os.utime(log, (time.time() - 60,) * 2)
    job = Job("compare", "Search", log)
    assert job.share_done() == 0, "that was the run before"
    logging.basicConfig(filename=log, level="INFO", force=True)
    seen = [job.share_done() for _ in progress(range(4), 4, "search")]
    assert seen[0] == 0
    assert job.share_done() == 1
    logging.info("wrote 1 file")
    assert job.share_done() == 1
    logging.basicConfig(level="WARNING", force=True)


def test_a_stage_counts_its_jobs_and_what_is_done_of_those_that_run(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("12:00:00 search: 1 of 2\n")
    jobs = [Job("compare", "Search", tmp_path / "log", start=0)]
    stage = Stage("compare", start=time.time() - 30, total=4, finished=1)
    assert stage.share_done([]) == 0.25
    assert stage.share_done(jobs) == 0.375
    assert stage.time_left(0.375) == "about 50 s left"
    assert stage.time_left(0.0) == ""
    assert Stage("compare").time_left(0.5) == ""


def test_a_download_tells_what_came_over_all_its_jobs(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("12:00:00 INFO pages 1 to 50: 50 of 50, 48 images, 30000000 bytes\n")
    (tmp_path / "two").write_text("12:00:00 INFO pages 51 to 99: 9 of 49, 1002 images, 4200000 bytes\n12:00:01 so\n")
    (tmp_path / "list").write_text("12:00:00 INFO follow: 1250 pages found\n")
    running = Job("acquire", "Download", tmp_path / "two", start=0)
    stage = Stage("acquire", start=1000, total=3, end=1040)
    assert stage.came([Job("acquire", "List", tmp_path / "list", start=0)]) == "1,250 pages found"
    stage.finish(Job("acquire", "List", tmp_path / "list", start=0))
    assert stage.came([]) == ""
    stage.finish(Job("acquire", "Download", tmp_path / "one", start=1002))
    assert stage.came([]) == "50 pages, 48 images, 30.0MB, 789kB/s"
    assert stage.came([running]).startswith("59 pages, 1,050 images, 34.2MB, ")
    assert Stage("compare").came([Job("compare", "Search", tmp_path / "no")]) == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (99, "99 s"), (100, "2 min"), (5900, "98 min"), (7500, "2 h 5 min")]
)
def test_times_are_told_as_people_do(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("a: holds 1", "a: holds 1"),
        ("WorkflowError:\nNo rule to produce x", "No rule to produce x"),
        (
            'Error:\n  WorkflowError:\n    a: holds 1\n    Wildcards:\n    b=c\n    Traceback:\n  File "d", line 1',
            "a: holds 1",
        ),
        ('NameError in file "/a/b.smk", line 3:\nname x\n  File "/a/b.smk", line 3, in <module>', "name x"),
        ('Traceback (most recent call last):\n  File "a"\nValueError: b', "ValueError: b"),
    ],
)
def test_an_error_of_snakemake_is_told_plainly(told: str, said: str) -> None:
    assert plain_message(told) == said
