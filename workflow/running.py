"""How a run keeps to its folder: it is alone there, and takes nothing for done that was not finished."""

import atexit
import fcntl
import logging
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Set
from pathlib import Path
from typing import Any

from snakemake.io import IOFile
from snakemake.jobs import GroupJob, GroupJobFactory
from snakemake.logging import logger
from snakemake.shell import shell

from reprise.atomic import atomic_file, remove_parts
from reprise.full_disk import full_disk, tells_of_full_disk
from reprise.orphans import LOCK, RUN, RUN_NAME, SECONDS_BETWEEN_LOOKS_ELSEWHERE, STARTER, end_with_run

# Jobs of a run that was killed end with it, in hundredths of a second; a folder that is not free then is in use.
SECONDS_FOR_JOBS_TO_END = 2.0

# So are those that it had done elsewhere: they look whether it is at work, and a look may take a while.
SECONDS_FOR_JOBS_ELSEWHERE_TO_END = 2.5 * SECONDS_BETWEEN_LOOKS_ELSEWHERE


def prepare_run(workflow: Any, asked_again: Callable[[], Set[str]] = frozenset) -> None:
    """Have a run take its folder, and look for what was left unfinished there, before it decides what there is to do.

    Snakemake runs the `onstart` of a workflow only after it has decided that. By then the run before may have ended,
    and have left other files than were looked at. A run that only shows what it would do takes no folder and changes
    nothing.
    `asked_again` gives the files that are made anew as the reader asks for it.
    """
    # A shell that waited for its job would stand between the job and the process that it is to end with.
    shell.prefix(f"set -euo pipefail; export {STARTER}={os.getpid()}; exec ")
    if not workflow.is_main_process:
        end_with_run()
        return
    make_groups_anew()
    logger.addHandler(TellingOfAFullDisk(logging.WARNING))
    logging.raiseExceptions = False  # a disk that takes no log is told of once, not with each line
    build = workflow._build_dag

    def build_alone() -> None:
        if workflow.executor_plugin is not None and not workflow.dryrun:
            take_the_folder()
            name_the_run(workflow.non_local_exec)
            remove_leftovers()
        workflow.dag.forcefiles |= unfinished(workflow) | asked_again()
        build()

    workflow._build_dag = build_alone


def take_the_folder() -> None:
    """Keep a second run out of this folder while this one, or a job of one before it, is at work.

    Snakemake's own lock stays behind when a run is killed, and has to be removed by hand. This one ends with the
    processes that hold it: the run and each of its jobs (`reprise.orphans`). The run first makes sure that nobody else
    holds it, and then takes it as a lock that its jobs can share.
    """
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT)  # until the process ends
    deadline = time.monotonic() + SECONDS_FOR_JOBS_TO_END
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(f"{Path.cwd()}: another run is at work in this folder; wait for it to end")
            time.sleep(0.05)


def name_the_run(elsewhere: bool) -> None:
    """Let jobs know that are done `elsewhere`, by its name in the folder, that their run is at work, and others not.

    A name that is still there is that of a run that was killed. Its jobs get the time to see that it is not there any
    more. Those that still wait for a machine will see it then.
    """
    if RUN_NAME.exists():
        RUN_NAME.unlink()
        logger.info("The run before was killed; its jobs on other machines are ended")
        time.sleep(SECONDS_FOR_JOBS_ELSEWHERE_TO_END)
    if elsewhere:
        os.environ[RUN] = uuid.uuid4().hex
        with atomic_file(RUN_NAME) as part:
            part.write_text(os.environ[RUN], encoding="utf-8")
        atexit.register(RUN_NAME.absolute().unlink, missing_ok=True)


def ask_again(executor: Any) -> None:
    """Have an executor that has jobs done elsewhere ask again for those of which it did not learn how they are.

    When Slurm's controller does not answer, as while it is restarted, its executor tells of no job that it runs still.
    Snakemake then takes them for none that it need ask for, and waits for them for ever. It also asks ever more
    seldom, in the end every three minutes, for which short steps would wait: here it asks as often as it is told to.
    """
    ended: dict[int, Any] = {}

    def noting_the_end(report: Callable[..., None]) -> Callable[..., None]:
        def reported(job: Any, *details: Any, **named: Any) -> None:
            ended[id(job)] = job
            report(job, *details, **named)

        return reported

    async def check_active_jobs(jobs: list[Any], check: Callable[..., Any] = executor.check_active_jobs) -> Any:
        async for _ in check(jobs):
            pass  # those that it tells of run still, as all do that have not ended
        for job in jobs:
            if ended.pop(id(job), None) is None:
                yield job
        executor.next_seconds_between_status_checks = None  # those of the setting

    executor.report_job_success = noting_the_end(executor.report_job_success)
    executor.report_job_error = noting_the_end(executor.report_job_error)
    executor.check_active_jobs = check_active_jobs


def start_once_a_job(executor: Any) -> None:
    """Have Slurm's executor start Snakemake once in a job, and not once more for each step that the job is made of.

    It does so to have Slurm place each step on cores of the job, of which no step here asks for some. A start takes one
    or two seconds of processor, often more than the step.
    """
    executor.additional_general_args = lambda: "--executor local"


def make_groups_anew() -> None:
    """Have Snakemake put jobs into groups anew each time that it looks which jobs there are.

    It keeps a group by the jobs that it began with, and then takes others in. Once a checkpoint is done some of these
    are replaced. A group that is found again holds both then, and never is ready, as the old one is not.
    """

    def new(factory: Any, name: str, jobs: Iterable[Any], resources: Any) -> GroupJob:
        return GroupJob(name, frozenset(jobs), resources)

    GroupJobFactory.new = new


def outputs(workflow: Any) -> Iterator[str]:
    """Give the files and folders there are that a rule may have made."""
    for rule in workflow.rules:
        for pattern in rule.output:
            yield from map(str, Path().glob(re.sub(r"\{[^}]*\}", "*", pattern)))


def unfinished(workflow: Any) -> set[str]:
    """Return the outputs that are there but not finished, and those without a record of what they were made with.

    Both are made again. By itself Snakemake finds the first only where it knows of the job before the checkpoint is
    done. And if a setting or a list of files is not on record, it takes it for unchanged.
    """
    found = list(outputs(workflow))
    unrecorded = {path for path in found if workflow.persistence.metadata(IOFile(path)) is None}
    return unrecorded | workflow.persistence._filter_incomplete_keys(found)


def remove_leftovers() -> None:
    """Remove what processes that were killed left of the files they were writing, and Snakemake's copies of scripts."""
    remove_parts("results")
    for path in [*Path(".snakemake/scripts").glob("tmp*"), *Path(".snakemake").glob("shell_tmp.*")]:
        path.unlink() if path.is_file() else shutil.rmtree(path)


class TellingOfAFullDisk(logging.Handler):
    """Says in one sentence at the end that the disk is full, where Snakemake says so amid the traces of errors."""

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one message of Snakemake."""
        if tells_of_full_disk(record.getMessage()):
            logger.removeHandler(self)
            atexit.register(print, full_disk(), file=sys.stderr)
