"""What `./run` shows of a run: a bar a stage, warnings, and for an error one sentence and where its log is.

This is a logger plugin of Snakemake, which hands it all that it tells. All that also goes to a file, the full log. A
terminal gets live bars. A file or a pipe gets lines as stages begin and end, and now and then between.
"""

import logging
import math
import os
import re
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any, ClassVar, TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from ending import PAGES, SUMMARY, from_here

NAME = "reprise"  # by which Snakemake knows this plugin

SECONDS_BETWEEN_BARS = 0.25
SECONDS_BETWEEN_LINES = 30.0
SECONDS_BEFORE_GUESS = 3.0  # of a stage; before this, and this share of it, nobody knows how long it takes
SHARE_BEFORE_GUESS = 0.03

# Why a job would be run: what Snakemake's reason holds, and what it is called here. The first that holds counts.
REASONS = {
    "Forced execution": "you ask for it",
    "Missing output files": "not made yet",
    "Updated input files": "a file that it reads has changed",
    "has changed": "its code, a setting or a file that it reads has changed",
    "changed since last execution": "its code, a setting or a file that it reads has changed",
    "Input files updated by another job": "what it reads is made anew",
}

# The stages in the order of the story.
STAGES = ("acquire", "fingerprint", "compare", "cluster", "publish", "study")

# In the log of a step `reprise.progress` tells how far it is. The last such line stands in the last bytes.
# That of a download also says what it has brought. Where links are followed it says how many pages there are so far.
STEP_PROGRESS = re.compile(rb": (\d+) of (\d+)(?:, (\d+) images, (\d+) bytes)?\n")
STEP_FOUND = re.compile(rb": (\d+) pages found\n")
LAST_BYTES = 2000


def rules_of_stages(workflow: Path) -> dict[str, str]:
    """Return the stage of each rule: the name of the file below `rules/` in which it stands."""
    found = {}
    for path in (workflow / "rules").glob("*.smk"):
        for rule in re.findall(r"^(?:rule|checkpoint) (\w+):", path.read_text(encoding="utf-8"), re.MULTILINE):
            found[rule] = path.stem
    return found


def in_words(seconds: float) -> str:
    """Return a span of time as people say it: `9 s`, `4 min`, `2 h 5 min`."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def plain_message(text: str) -> str:
    """Return what an error of Snakemake says, without the names of its classes and the places in its files."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if lines[:1] == ["Traceback (most recent call last):"]:
        return lines[-1]
    said = dropwhile(re.compile(r"\w*(Error|Exception)( in .*)?:$").match, lines[:-1])
    return "\n".join(
        takewhile(lambda line: not line.startswith(("Wildcards:", "Traceback:", "File ")), [*said, lines[-1]])
    )


def log_files() -> Iterator[str]:
    """Give the files to which Snakemake writes all that it tells: one, unless it cannot be written."""
    handlers = logging.getLogger("snakemake.logging").handlers
    return (handler.baseFilename for handler in handlers if isinstance(handler, logging.FileHandler))


def say_reason(told: str) -> str:
    """Say in plain words why a job would be run, of what Snakemake tells."""
    return next((words for text, words in REASONS.items() if text in told), told or "what it reads is made anew")


@dataclass
class Job:
    """A job that runs: its stage, what it does in words, its log and when it began (in seconds of the epoch)."""

    stage: str | None
    message: str
    log: Path | None
    start: float = field(default_factory=time.time)

    def told(self, line: re.Pattern[bytes]) -> list[int]:
        """Return the numbers of the last line of such a form in its log; none if there is no such line yet."""
        try:
            if self.log is None or self.log.stat().st_mtime < self.start:
                return []
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - LAST_BYTES))
                found = line.findall(log.read())
        except OSError:
            return []
        last = found[-1:] if found and isinstance(found[-1], bytes) else [*found[-1]] if found else []
        return [int(number) for number in last if number]

    def share_done(self) -> float:
        """Return how much of it is done, from 0 to 1, as its log tells."""
        done, total, *_ = self.told(STEP_PROGRESS) or (0, 1)
        return done / max(1, total)


@dataclass
class Stage:
    """How far a stage is: jobs in all and finished, when it began, and when the last of its jobs ended."""

    name: str
    start: float = field(default_factory=time.time)
    total: int = 1
    finished: int = 0
    end: float | None = None
    downloads: list[tuple[int, int, int]] = field(default_factory=list)
    fetching_since: float = math.inf

    @property
    def title(self) -> str:
        """Its name as a line begins with it."""
        return self.name.capitalize()

    def share_done(self, jobs: list[Job]) -> float:
        """Return how much of it is done, from 0 to 1, its running jobs included."""
        return min(1.0, (self.finished + sum(job.share_done() for job in jobs)) / max(1, self.total))

    def finish(self, job: Job) -> None:
        """Take in that one of its jobs has ended well."""
        self.finished += 1
        self.take(job)

    def take(self, job: Job) -> None:
        """Add what a download has brought: its pages, images and bytes."""
        done, _, *came = job.told(STEP_PROGRESS) or (0, 0)
        if came:
            self.downloads.append((done, came[0], came[1]))
            self.fetching_since = min(self.fetching_since, job.start)

    def came(self, jobs: list[Job]) -> str:
        """Say what its downloads have brought so far, and how fast; nothing if it has none."""
        so_far = replace(self, downloads=list(self.downloads))
        for job in jobs:
            so_far.take(job)
        if not so_far.downloads:
            return "".join(f"{found:,} pages found" for job in jobs for found in job.told(STEP_FOUND))
        from tqdm import tqdm  # late, as most runs with nothing to do need not load it

        pages, images, size = map(sum, zip(*so_far.downloads, strict=True))
        seconds = max(0.1, (self.end or time.time()) - so_far.fetching_since)
        told, rate = tqdm.format_sizeof(size, "B"), tqdm.format_sizeof(size / seconds, "B/s")
        return f"{pages:,} pages, {images:,} images, {told}, {rate}"

    def time_left(self, share: float) -> str:
        """Say how long it will still take at this rate, or nothing as long as nobody knows."""
        gone = time.time() - self.start
        if gone < SECONDS_BEFORE_GUESS or share < SHARE_BEFORE_GUESS:
            return ""
        return f"about {in_words(gone * (1 - share) / share)} left"


class LogHandler(LogHandlerBase):
    """Tells the reader of a run how it goes."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    # That of this process, if it has one: Snakemake makes it, and the workflow and `./run` ask it.
    shown: ClassVar["LogHandler | None"] = None

    def __post_init__(self) -> None:
        self.stream: TextIO = sys.stderr
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.stage_of = rules_of_stages(Path(__file__).parent)
        self.stages: dict[str, Stage] = {}
        self.jobs: dict[int, Job] = {}
        self.started_in = Path.cwd()  # where the reader is: Snakemake has not gone to the folder of the results yet
        self.dag: Any = None
        self.has_run = False  # whether jobs were to be run, and not only something looked up
        self.failed = False
        self.interrupted = False
        self.log: Path | None = None
        self.begun: set[str] = set()  # the stages that a line told of as they began
        self.told_done: set[str] = set()  # and as they ended
        self.planned: list[Any] = []  # the jobs that a dry run tells of
        self.asides: list[str] = []  # what Snakemake told before it said whether it would run anything
        self.said: tuple[float, str] = 0.0, ""  # when and what a job last said on standard error
        self.job_exception = ""
        self.bars = 0  # lines of them that stand on the terminal
        self.last_lines = time.monotonic()
        self.ended = threading.Event()
        LogHandler.shown = self

    # --- what is told ------------------------------------------------------------------------------------------------

    def emit(self, record: logging.LogRecord) -> None:
        """Take in what Snakemake tells."""
        told: Any = record
        match getattr(record, "event", None):
            case LogEvent.WORKFLOW_STARTED:
                self.has_run = True
                self.log = next((Path(path) for path in log_files()), None)
            case LogEvent.JOB_INFO if self.common_settings.dryrun:
                self.planned.append(told)
            case LogEvent.JOB_INFO:
                self.start_job(told)
            case LogEvent.JOB_FINISHED:
                self.end_job(told.job_id, finished=True)
            case LogEvent.JOB_ERROR:
                self.tell_failure(told)
            case LogEvent.ERROR:
                self.tell_error(told)
            case None if record.levelno >= logging.WARNING and not self.failed:
                self.say(record.getMessage())
            case None if record.levelno == logging.INFO and not self.has_run:
                self.asides.append(record.getMessage())

    def start_job(self, told: Any) -> None:
        """Take in that a job starts."""
        stage = self.stage_of.get(told.rule_name)
        log = Path(told.log[0]) if told.log else None
        self.jobs[told.jobid] = Job(stage, told.rule_msg or told.rule_name, log)
        if stage is not None and stage not in self.stages:
            self.stages[stage] = Stage(stage)
        self.count_jobs()
        self.tell_what_is_done()
        if stage is not None and stage not in self.begun:
            self.begun.add(stage)
            if not self.live:
                jobs = self.stages[stage].total
                self.say(f"{self.stages[stage].title}: {jobs} {'step' if jobs == 1 else 'steps'}")

    def end_job(self, number: int, finished: bool) -> None:
        """Take in that a job has ended."""
        job = self.jobs.pop(number, None)
        if job is None or job.stage is None or not finished:
            return
        self.count_jobs()
        stage = self.stages[job.stage]
        stage.finish(job)
        if stage.finished >= stage.total:
            stage.end = time.time()

    def tell_what_is_done(self) -> None:
        """Say in lines which stages are done, each once, and in the order of the story.

        It is asked when the next job starts: a checkpoint that has ended may first add jobs to its stage.
        """
        for name in STAGES:
            stage = self.stages.get(name)
            if stage is None or name in self.told_done or self.live:
                continue
            if stage.end is None or stage.finished < stage.total:
                return
            self.told_done.add(name)
            told = [f"{stage.title}: done in {in_words(stage.end - stage.start)}", stage.came([])]
            self.say(", ".join(filter(None, told)))

    def count_jobs(self) -> None:
        """Count the jobs of each stage anew: the checkpoint adds to them, and only the graph of jobs knows how many."""
        try:
            jobs = list(self.dag.needrun_jobs(exclude_finished=False))
        except (AttributeError, RuntimeError):
            return  # there is none yet, or it is just being changed: the next time will do
        for name, total in Counter(self.stage_of.get(job.rule.name) for job in jobs).items():
            if name in self.stages:
                self.stages[name].total = total

    def tell_failure(self, told: Any) -> None:
        """Say which job failed, the last thing it said, and where the rest is."""
        job = self.jobs.get(told.jobid)
        self.end_job(told.jobid, finished=False)
        self.failed = True
        if self.interrupted:
            return
        killed = re.search(r"died with <Signals\.(\w+)", self.job_exception)
        if killed:
            why = f"it was ended by {killed[1]}" + (", perhaps for want of memory" if killed[1] == "SIGKILL" else "")
        else:
            why = self.last_words(job).removeprefix(f"{told.rule_name}: ")
            why = re.sub(r" \(\S+ tells where\)$", "", why)  # as is said below
        what = f"{job.message} ({told.rule_name})" if job and job.message != told.rule_name else told.rule_name
        logs = [self.from_here(Path(path)) for path in [*told.log, *([self.log] if self.log else [])]]
        self.say(f"run: this step failed: {what}: {why}\n     more is in {' and in '.join(logs)}")

    def last_words(self, job: Job | None) -> str:
        """Return the last line that a job wrote, to standard error or else to its log."""
        time.sleep(0.05)  # what it wrote is on its way here through a pipe
        when, line = self.said
        if line and job and when >= job.start:
            return line
        if job and job.log and job.log.exists() and job.log.stat().st_mtime >= job.start:
            lines = job.log.read_text(encoding="utf-8", errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return "it said nothing"

    def tell_error(self, told: Any) -> None:
        """Say what went wrong, unless a job failed: of that more is told."""
        if getattr(told, "exception", None) == "RuleException":
            self.job_exception = told.getMessage()
        elif not self.failed and not self.interrupted:
            self.failed = True
            where = f"\n     more is in {self.from_here(self.log)}" if self.log and self.has_run else ""
            self.say(f"run: {plain_message(told.getMessage())}{where}")

    def plan(self) -> Iterator[str]:
        """Give what a dry run says: a line a step that would be run, in the order of the stages, with why."""
        jobs = [told for told in self.planned if told.rule_name in self.stage_of]
        if not jobs:
            yield "Nothing has to be done: all is as your files and settings ask for."
            return
        yield f"{len(jobs)} {'step' if len(jobs) == 1 else 'steps'} would be run:"
        counts = Counter(told.rule_name for told in jobs)
        in_files = list(self.stage_of)
        for rule in sorted(counts, key=lambda rule: (STAGES.index(self.stage_of[rule]), in_files.index(rule))):
            told = next(told for told in jobs if told.rule_name == rule)
            times = f" x {counts[rule]}" if counts[rule] > 1 else ""
            yield f"  {self.stage_of[rule].capitalize():<12} {rule + times:<22} {say_reason(told.reason)}"
        unknown = [told.rule_name for told in jobs if told.is_checkpoint]
        if unknown:
            yield f"More may follow: how many is known after {' and '.join(unknown)}."

    # --- how it is shown ---------------------------------------------------------------------------------------------

    def begin(self, dag: Any) -> None:
        """Show how the jobs of Snakemake's graph go from now on; the first is about to start.

        What jobs write to standard error goes to the full log, since it would run through the bars.
        """
        self.dag = dag
        self.terminal = os.dup(2)
        self.stream = os.fdopen(self.terminal, "w", encoding="utf-8", errors="replace", closefd=False)
        reading, writing = os.pipe()
        os.dup2(writing, 2)
        os.close(writing)
        threading.Thread(target=self.listen, args=(reading,), daemon=True).start()
        threading.Thread(target=self.keep_showing, daemon=True).start()

    def from_here(self, path: Path) -> str:
        """Return a path of a log as it is from where the reader is."""
        return from_here(Path.cwd() / path, self.started_in)

    def listen(self, reading: int) -> None:
        """Put into the full log what jobs say on standard error, and keep the last line."""
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.strip():
                    self.said = time.time(), line.strip()
                if self.log:
                    with self.log.open("a", encoding="utf-8") as log:
                        log.write(line)

    def keep_showing(self) -> None:
        """Show time and again how far the stages are, until the run ends."""
        while not self.ended.wait(SECONDS_BETWEEN_BARS):
            with self.lock:  # type: ignore[union-attr]
                if self.live:
                    self.draw()
                elif time.monotonic() - self.last_lines > SECONDS_BETWEEN_LINES:
                    self.tell_stages()

    def say(self, text: str) -> None:
        """Write lines above the bars."""
        self.erase()
        self.stream.write(text + "\n")
        self.draw()
        self.last_lines = time.monotonic()

    def erase(self) -> None:
        """Take the bars from the terminal."""
        if self.bars:
            self.stream.write(f"\r\x1b[{self.bars}A\x1b[J")
            self.bars = 0

    def draw(self) -> None:
        """Draw the bars where they stand, a line a stage."""
        if self.live and self.stages:
            width = shutil.get_terminal_size().columns
            lines = [line for stage in self.stages.values() for line in self.lines(stage, width)]
            back = f"\r\x1b[{self.bars}A" if self.bars else "\r"
            self.stream.write(back + "".join(f"{line}\x1b[K\n" for line in lines))
            self.bars = len(lines)
        self.stream.flush()

    def running(self, stage: Stage) -> list[Job]:
        """Return the jobs of a stage that run, the oldest first."""
        return [job for job in self.jobs.values() if job.stage == stage.name]

    def bar(self, stage: Stage, width: int) -> str:
        """Return the bar of a stage, with the time it took or that is left and what it is doing, in so many columns."""
        from tqdm import tqdm  # late, as most runs with nothing to do need not load it

        jobs = self.running(stage)
        share = stage.share_done(jobs)
        if stage.end and not jobs:
            after = f"done in {in_words(stage.end - stage.start)}"
        else:
            after = f"{share:4.0%}  " + "  ".join(
                filter(None, [stage.time_left(share), *(job.message for job in jobs[:1])])
            )
        drawn = tqdm.format_meter(share, 1, 0, prefix=f"{stage.title:<12}", bar_format="{desc}{bar:20}")
        return f"{drawn} {after}"[: width - 1]

    def lines(self, stage: Stage, width: int) -> list[str]:
        """Return the bar of a stage and, as long as it downloads, a line of what came."""
        jobs = self.running(stage)
        came = stage.came(jobs) if jobs else ""
        return [self.bar(stage, width), *([f"{'':12} {came}"[: width - 1]] if came else [])]

    def tell_stages(self) -> None:
        """Say in lines how far the stages are that are not done."""
        for stage in self.stages.values():
            jobs = self.running(stage)
            if jobs:
                share = stage.share_done(jobs)
                gone = f"{share:.0%} after {in_words(time.time() - stage.start)}"
                told = [gone, stage.time_left(share), stage.came(jobs), jobs[0].message]
                self.say(f"{stage.title}: " + ", ".join(filter(None, told)))

    def asked_for(self, targets: list[str]) -> set[str]:
        """Return the files that the run was to make or leave; of one that did nothing only its targets are known."""
        if self.dag is not None:
            return {path for job in self.dag.jobs for path in job.output}
        pages = {"study": PAGES["Study"], "all": SUMMARY, "summary": SUMMARY}
        return {pages.get(target, target) for target in targets or ["all"]}

    def close(self) -> None:
        """Leave the bars as they are in the end, and standard error as it was."""
        if self.dag is not None and not self.ended.is_set():
            self.ended.set()
            with self.lock:  # type: ignore[union-attr]
                self.tell_what_is_done()
                self.draw()
            os.dup2(self.terminal, 2)
            os.close(self.terminal)
            self.stream = sys.stderr
        super().close()
