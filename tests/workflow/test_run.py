"""`./run` sets up what it needs, once, says in one line what it lacks, and shows a run in a few lines."""

import fcntl
import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from comics import REPOSITORY, draw_folder

# A lock that needs no network: `run` is what is tested, not the package index.
EMPTY_LOCK = "# nothing\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with `run` and an empty lock, whose workflow tells how it was called."""
    shutil.copy(REPOSITORY / "run", tmp_path / "run")
    (tmp_path / "requirements.txt").write_text(EMPTY_LOCK)
    (tmp_path / "bin").mkdir()
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/command.py").write_text(
        "import shutil, sys\nprint(*sys.argv)\nprint(shutil.which('python'))\n"
    )
    return tmp_path


def call(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{clone / 'bin'}:{os.environ['PATH']}"
    variables = os.environ | {"PATH": path} | environment
    return subprocess.run([clone / "run", *arguments], cwd=clone, env=variables, capture_output=True, text=True)


def test_first_run_sets_up_and_later_ones_do_not(clone: Path) -> None:
    first = call(clone, "-n", "--quiet")
    assert first.returncode == 0, first.stderr
    assert "setting up" in first.stderr
    assert first.stdout == f"{clone}/workflow/command.py -n --quiet\n{clone}/.venv/bin/python\n"
    assert "setting up" not in call(clone).stderr


def test_interrupted_set_up_is_done_again(clone: Path) -> None:
    call(clone)
    (clone / ".venv/installed.txt").unlink()  # what is written last
    (clone / ".venv/bin/pip").unlink()
    again = call(clone)
    assert "setting up" in again.stderr
    assert (clone / ".venv/bin/pip").exists()


def test_changed_lock_installs_again(clone: Path) -> None:
    call(clone)
    (clone / "requirements.txt").write_text(EMPTY_LOCK + "# more\n")
    assert "setting up" in call(clone).stderr


def test_failed_install_is_not_taken_for_done(clone: Path) -> None:
    (clone / "requirements.txt").write_text("./nowhere.whl --hash=sha256:" + 64 * "0" + "\n")
    failed = call(clone)
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr
    assert not (clone / ".venv/installed.txt").exists()


def test_old_python(clone: Path) -> None:
    # A path on which every Python is an old one.
    for name in ("python3", "python", "python3.11", "python3.12", "python3.13", "python3.14"):
        old = clone / "bin" / name
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n')
        old.chmod(0o755)
    done = call(clone)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed; Python 3.9.2 is what is here" in done.stderr


def test_missing_venv_module(clone: Path) -> None:
    python = clone / "bin/bare-python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexec {shutil.which("python3")} "$@"\n')
    python.chmod(0o755)
    done = call(clone, PYTHON=str(python))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt install python3-venv" in done.stderr


def test_the_quick_tests_are_all_checks_and_no_whole_workflow(clone: Path) -> None:
    (clone / "tests").mkdir()
    (clone / "profiles").mkdir()
    for lock in ("tests", "profiles"):
        (clone / lock / "requirements.txt").write_text(EMPTY_LOCK)
    for tool in ("ruff", "mypy", "snakefmt", "snakemake", "pytest"):
        (clone / f"bin/{tool}").write_text(f'#!/bin/sh\necho "{tool} $*"\n')
        (clone / f"bin/{tool}").chmod(0o755)
    *checks, tests = call(clone, "test").stdout.splitlines()
    *quick_checks, quick_tests = call(clone, "test", "--quick", "-x").stdout.splitlines()
    assert quick_checks == checks
    assert len(checks) >= 6
    assert tests.split() == ["pytest"]
    left_out = "--ignore tests/workflow --ignore tests/slurm --ignore tests/benchmarks -m not slow"
    assert quick_tests == f"pytest {left_out} --hypothesis-profile quick -x"
    assert call(clone, "test", "tests/test_links.py").stdout.split() == ["pytest", "tests/test_links.py"]


# --- what a reader sees ----------------------------------------------------------------------------------------------


def command(*words: str) -> list[str]:
    """Return the command to which `./run` hands over."""
    return [sys.executable, str(REPOSITORY / "workflow/command.py"), "--cores", "2", *words]


def run(folder: Path, *words: str, status: int = 0) -> list[str]:
    """Run in a folder, away from any terminal, and return the lines that are said."""
    done = subprocess.run(
        command(*words),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == status, done.stdout
    return done.stdout.splitlines()


class Terminal:
    """A run on a terminal of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        ours, theirs = pty.openpty()
        self.terminal, self.shown = ours, ""
        self.process = subprocess.Popen(
            command(*words),
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def wait_for(self, text: str) -> None:
        """Read until something is shown."""
        while text not in self.shown:
            self.shown += os.read(self.terminal, 4096).decode(errors="replace")

    def press(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def end(self) -> int:
        """Read until the run ends and return its exit status."""
        try:
            while said := os.read(self.terminal, 4096):
                self.shown += said.decode(errors="replace")
        except OSError:  # the terminal is closed on the other side
            pass
        os.close(self.terminal)
        return self.process.wait()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a comic in `pages`, done once into `done`, with what was said in `said.txt`."""
    place = tmp_path_factory.mktemp("reader")
    draw_folder(place / "pages", 8)
    (place / "said.txt").write_text("\n".join(run(place, "pages", "--directory", "done")))
    return place


def test_a_run_is_told_in_a_line_a_stage_and_the_summary(place: Path) -> None:
    said = (place / "said.txt").read_text().split("\n")
    told = said[: said.index("")]
    for stage in ("Acquire", "Fingerprint", "Compare", "Cluster", "Publish"):
        assert [line for line in told if re.fullmatch(f"{stage}: [0-9]+ steps?", line)]
        assert [line for line in told if re.fullmatch(f"{stage}: done in [0-9]+ s", line)]
    assert told[0] == "Acquire: 1 step", "a folder has nothing to download"
    gallery, log = said[-2:]
    assert "8 panels of 8 pages read" in "".join(said)
    assert gallery == "Gallery    done/results/gallery/index.html"
    assert (place / gallery.split()[1]).exists()
    assert log.startswith("Log        done/.snakemake/log/")
    text = (place / log.split()[1]).read_text()
    assert "Finished jobid" in text
    assert "Reason: Missing output files" in text
    assert text.count("8 panels of 8 pages read") == 1


def test_a_run_with_nothing_to_do_ends_with_the_summary(place: Path) -> None:
    said = run(place, "./pages", "--directory", "done")
    assert said[0].startswith("Nothing had to be done")
    assert "Gallery    done/results/gallery/index.html" in said
    elsewhere = run(place / "pages", "../pages", "--directory", "../done")
    assert f"Gallery    {place}/done/results/gallery/index.html" in elsewhere


def test_a_verbose_run_is_told_by_snakemake(place: Path) -> None:
    assert "Building DAG of jobs..." in run(place, "pages", "--directory", "done", "--verbose")


def test_a_dry_run_tells_what_would_be_run_and_why_in_few_lines(place: Path) -> None:
    (place / "mine.yaml").write_text("comic: {folder: pages}\nmatch: {threshold: 0.6}\n")
    said = run(place, "--configfile", "mine.yaml", "study", "--directory", "done", "-n")
    steps = [line.split() for line in said[1:]]
    jobs = sum(int(step[3]) if step[2] == "x" else 1 for step in steps)
    assert said[0] == f"{jobs} steps would be run:"
    why = {step[1]: line for step, line in zip(steps, said[1:], strict=True)}
    assert why["adjacency"].endswith("its code, a setting or a file that it reads has changed")
    assert why["relate"].endswith("what it reads is made anew")
    assert why["study"].endswith("what it reads is made anew")
    order = ["Compare", "Cluster", "Study"]
    assert list(dict.fromkeys(step[0] for step in steps)) == order
    first = run(place, "pages", "--directory", "new", "-n")
    assert first[1].endswith("not made yet")
    assert first[-1].startswith("More may follow: how many is known after index_panels")
    assert not (place / "new" / "results").exists()
    done = run(place, "pages", "--directory", "done", "-n")
    assert done == ["Nothing has to be done: all is as your files and settings ask for."]


def test_a_failed_job_is_told_in_one_sentence_with_its_logs(tmp_path: Path) -> None:
    settings = ["comic.web.panels=img", "comic.web.last=3", "comic.web.retries=0"]
    said = run(tmp_path, "http://127.0.0.1:9/{page}", "--config", *settings, status=1)
    assert said[0] == "Acquire: 2 steps"
    assert said[1].startswith("run: this step failed: Download pages 1 to 3 (download_pages): comic.web.url: http")
    logs = re.fullmatch(r" +more is in (\S+) and in (\S+)", said[2])
    assert logs
    assert logs[1] == "results/logs/download_pages/000000-000049.log"
    assert "returned non-zero exit status" in (tmp_path / logs[2]).read_text()
    assert len(said) == 3


def test_what_a_job_says_when_it_breaks_is_told(place: Path) -> None:
    """The labels were checked to be a file, and no more."""
    (place / "labels.csv").write_text("nothing,of,this\n")
    words = ["pages", "--directory", "done", "results/evaluation.csv", "--config", "evaluation.labels=../labels.csv"]
    said = run(place, *words, status=1)
    (failed,) = [line for line in said if "failed" in line]
    assert failed.startswith("run: this step failed: Judge the clusters by the labels (evaluate): ")
    assert not [line for line in said if "Traceback" in line]


def test_ctrl_c_is_told_in_one_line(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "--config", "comic.demo.pages=400")
    terminal.wait_for("Acquire")
    terminal.press("\x03")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    (*_, last) = terminal.shown.strip().splitlines()
    assert last.endswith("run: stopped; what was finished is kept, and the same command goes on from there")


def test_a_terminal_shows_bars(place: Path) -> None:
    terminal = Terminal(place, "pages", "--directory", "done", "--forcerun", "summary")
    assert terminal.end() == 0
    assert re.search(r"Publish +█+ done in [0-9]+ s", terminal.shown)
    assert "steps" not in terminal.shown


def test_what_a_web_comic_lacks_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("comic: {web: {url: 'http://127.0.0.1:9/{page}', retries: 0}}\n")
    terminal = Terminal(tmp_path, "mine.yaml")
    terminal.wait_for("CSS selector")
    terminal.press("img.panel\n")
    terminal.wait_for("last page")
    terminal.press("2\n")
    assert terminal.end() == 1
    assert "Download pages 1 to 2" in terminal.shown
    said = run(tmp_path, "mine.yaml", "--config", "comic.web.last=2", status=1)
    assert said == [
        "run: http://127.0.0.1:9/{page} lacks panels; say it with, for example, --config 'comic.web.panels=#comic img'"
    ]
