"""A job's log tells what was done and what went wrong, whatever ends the job: run by Snakemake, for real."""

import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"

# What each step does, and before that imports.
STEPS = {
    "works": ("import warnings", "warnings.warn('a doubtful thing')\n        list(progress('abc', 3, 'letters'))"),
    "fails": ("", "raise KeyError('no such panel')"),
    "refuses": ("import sys", "sys.exit('comic.folder: there is nothing in it')"),
    "lacks": ("import a_library_that_is_not_there", ""),
    "fills": ("", "with open('/dev/full', 'w') as full: full.write('all of it')"),
    "crashes": ("import ctypes", "ctypes.string_at(0)"),
    "counts": (
        "import cv2, numpy, threadpoolctl",
        "counts = {pool['num_threads'] for pool in threadpoolctl.threadpool_info()}\n"
        "        Path('threads.txt').write_text(f'{counts} {cv2.getNumThreads()}')",
    ),
}

SCRIPT = """
from reprise.job import job

from pathlib import Path

from reprise.progress import progress
{imports}

if __name__ == "__main__":
    with job() as snakemake:
        {does}
        Path(snakemake.output.text).write_text("done")
"""

RULE = """
rule {name}:
    input:
        pages=["1.txt", "2.txt"],
    output:
        text="{name}.txt",
    log:
        "logs/{name}.log",
    threads: {threads}
    script:
        "scripts/{name}.py"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run all steps; those that fail do not keep the others from it.

    What was said is in the file `said`, with a zero before and after what was written at once.
    """
    folder = tmp_path_factory.mktemp("jobs")
    (folder / "scripts").mkdir()
    (folder / "scripts" / "reprise").symlink_to(SCRIPTS / "reprise")
    for name, (imports, does) in STEPS.items():
        (folder / "scripts" / f"{name}.py").write_text(SCRIPT.format(imports=imports, does=does or "pass"))
    rules = [RULE.format(name=name, threads=1 + (name == "counts")) for name in STEPS]
    targets = ", ".join(f'"{name}.txt"' for name in STEPS)
    (folder / "Snakefile").write_text(f"rule all:\n    input: {targets}\n" + "".join(rules))
    for page in ("1.txt", "2.txt"):
        (folder / page).write_text("a page")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--keep-going", "--directory", str(folder)]
    command += ["--snakefile", str(folder / "Snakefile")]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)  # what is written at once arrives at once
    with ours, ThreadPoolExecutor() as reader, theirs:
        writes = reader.submit(lambda: list(iter(lambda: ours.recv(1 << 16), b"the end")))
        subprocess.run(command, stdout=theirs.fileno(), stderr=theirs.fileno())
        theirs.send(b"the end")
        (folder / "said").write_bytes(b"\0".join([b"", *writes.result(), b""]))
    return folder


def log_of(folder: Path, name: str) -> str:
    return (folder / "logs" / f"{name}.log").read_text()


def test_the_log_tells_what_was_done_and_what_libraries_warn_of(folder: Path) -> None:
    lines = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in log_of(folder, "works").splitlines()]
    assert lines[:2] == ["INFO works begins, with 1 of the cores", "INFO reads pages: 2 files, 12 bytes"]
    assert "UserWarning: a doubtful thing" in lines[2]
    assert lines[-4:-1] == ["INFO letters: 0 of 3", "INFO letters: 3 of 3", "INFO wrote text: works.txt, 4 bytes"]
    assert re.fullmatch(r"INFO works is done, after \d+\.\d\d s of CPU", lines[-1])
    assert "a doubtful thing" not in (folder / "said").read_text()


def test_an_error_is_told_in_one_line_and_traced_in_the_log(folder: Path) -> None:
    assert "\0fails: KeyError: 'no such panel' (logs/fails.log tells where)\n\0" in (folder / "said").read_text()
    assert (folder / "said").read_text().count("raise KeyError") == 1, "more than in the log that Snakemake shows"
    assert re.search(r"Traceback \(most.*raise KeyError\('no such panel'\)", log_of(folder, "fails"), re.DOTALL)


def test_what_the_reader_has_to_mend_is_said_in_one_sentence(folder: Path) -> None:
    assert "\0comic.folder: there is nothing in it\n\0" in (folder / "said").read_text()
    assert log_of(folder, "refuses").endswith("CRITICAL refuses ends: comic.folder: there is nothing in it\n")


def test_a_library_that_cannot_be_loaded_is_told_in_the_log(folder: Path) -> None:
    assert "No module named 'a_library_that_is_not_there'" in log_of(folder, "lacks")


def test_a_crash_of_a_library_is_told_in_the_log(folder: Path) -> None:
    assert "Segmentation fault" in log_of(folder, "crashes")


def test_libraries_leave_it_to_the_step_to_share_its_work(folder: Path) -> None:
    """The job has two cores; NumPy's products, and OpenCV, take one each."""
    assert (folder / "threads.txt").read_text() == "{1} 1"


def test_a_step_run_by_hand_says_who_runs_it() -> None:
    done = subprocess.run([sys.executable, SCRIPTS / "panels.py"], stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "This is a step of the workflow; Snakemake runs it: ./run\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device here that is always full")
def test_a_full_disk_is_told_of_in_one_sentence(folder: Path) -> None:
    said = (folder / "said").read_text()
    sentence = f"{folder}: the disk that holds this folder is full; make room and run again: what is done is kept"
    assert f"fills: {sentence} (logs/fills.log tells where)\n" in said
    assert "No space left on device" in log_of(folder, "fills")
