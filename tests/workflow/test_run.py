"""`./run` sets up what it needs, once, and says in one line what it lacks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from comics import REPOSITORY

# A lock that needs no network: `run` is what is tested, not the package index.
EMPTY_LOCK = "# nothing\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with `run` and an empty lock, whose Snakemake tells how it was called."""
    shutil.copy(REPOSITORY / "run", tmp_path / "run")
    (tmp_path / "requirements.txt").write_text(EMPTY_LOCK)
    (tmp_path / "bin").mkdir()
    snakemake = tmp_path / "bin/snakemake"
    snakemake.write_text('#!/bin/sh\necho "snakemake $*"\ncommand -v python\n')
    snakemake.chmod(0o755)
    return tmp_path


def call(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{clone / 'bin'}:{os.environ['PATH']}"
    variables = os.environ | {"PATH": path} | environment
    return subprocess.run([clone / "run", *arguments], cwd=clone, env=variables, capture_output=True, text=True)


def test_first_run_sets_up_and_later_ones_do_not(clone: Path) -> None:
    first = call(clone, "-n", "--quiet")
    assert first.returncode == 0, first.stderr
    assert "setting up" in first.stderr
    assert f"--snakefile {clone}/Snakefile --cores all -n --quiet" in first.stdout
    assert f"{clone}/.venv/bin/python" in first.stdout
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
    (clone / "tests/requirements.txt").write_text(EMPTY_LOCK)
    for tool in ("ruff", "mypy", "snakefmt", "snakemake", "pytest"):
        (clone / f"bin/{tool}").write_text(f'#!/bin/sh\necho "{tool} $*"\n')
        (clone / f"bin/{tool}").chmod(0o755)
    *checks, tests = call(clone, "test").stdout.splitlines()
    *quick_checks, quick_tests = call(clone, "test", "--quick", "-x").stdout.splitlines()
    assert quick_checks == checks
    assert len(checks) >= 6
    assert tests.split() == ["pytest"]
    assert quick_tests == "pytest --ignore tests/workflow --ignore tests/benchmarks -m not slow -x"
    assert call(clone, "test", "tests/test_links.py").stdout.split() == ["pytest", "tests/test_links.py"]
