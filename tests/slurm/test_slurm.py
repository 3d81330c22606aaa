"""A comic that is worked through by a cluster: a real Slurm of two nodes, and what goes wrong there.

Whatever does, the results are byte for byte those of one machine.
"""

import signal
import subprocess
from collections.abc import Iterator

import pytest
from comics import REPOSITORY, Comic, assert_same, draw_folder

from slurm import NODES, Slurm, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "a Slurm can be brought up")

PROFILES = REPOSITORY / "profiles"

# A run that has not ended by then hangs.
SECONDS = 900

# The memory that Snakemake alone takes is more than this.
TOO_LITTLE = ["--set-resources", "panels:mem_mb=100 if attempt == 1 else 1500"]


@pytest.fixture(scope="module")
def slurm() -> Iterator[Slurm]:
    with Slurm() as up:
        yield up


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """The same comic on this machine."""
    folder = tmp_path_factory.mktemp("comic")
    draw_folder(folder / "pages", 12)
    settings = {
        "comic": {"source": "folder", "folder": "../pages"},
        "fingerprint": {"shard_panels": 6},
        "match": {"search": "plain"},
    }
    comic = Comic(folder / "here", settings)
    comic.run()
    return comic


@pytest.fixture
def comic(reference: Comic, request: pytest.FixtureRequest) -> Comic:
    return Comic(reference.directory.with_name(request.node.name), reference.settings)


def begin(comic: Comic, *arguments: str, profile: str = "slurm") -> "subprocess.Popen[str]":
    """Start a run on the cluster, in a group of processes of its own, as a terminal does."""
    with (comic.directory / "log").open("a") as log:
        return subprocess.Popen(
            comic.snakemake("--workflow-profile", str(PROFILES / profile), "--cores", "4", *arguments),
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def end(comic: Comic, run: "subprocess.Popen[str]", status: int | None = 0) -> str:
    """Wait for a run to end and return what it and those before it said."""
    run.wait(SECONDS)
    said = (comic.directory / "log").read_text()
    assert status is None or run.returncode == status, said[-6000:]
    return said


def begin_until_a_job_runs(slurm: Slurm, comic: Comic, *arguments: str) -> "subprocess.Popen[str]":
    run = begin(comic, *arguments)
    slurm.wait_until(lambda: bool(slurm.jobs("running")), 120)
    return run


def test_a_job_that_is_killed_for_memory_comes_back_with_more(slurm: Slurm, reference: Comic, comic: Comic) -> None:
    said = end(comic, begin(comic, *TOO_LITTLE, "--", "results/panels.csv"))
    assert "Error in rule panels" in said and "Trying to restart job" in said
    assert list(slurm.jobs().values()).count("FAILED") == 1
    assert comic.tables()["panels.csv"] == reference.tables()["panels.csv"]


@pytest.mark.faults
@pytest.mark.parametrize("profile", ["slurm", "cluster-generic"])
def test_a_cluster_gives_the_same_bytes(slurm: Slurm, reference: Comic, comic: Comic, profile: str) -> None:
    end(comic, begin(comic, profile=profile))
    assert_same(comic, reference)


@pytest.mark.faults
def test_a_node_is_lost_while_a_job_runs_on_it(slurm: Slurm, reference: Comic, comic: Comic) -> None:
    run = begin_until_a_job_runs(slurm, comic)
    (node,) = {line.split()[0] for line in slurm.tell("squeue", "--noheader", "-t", "running", "-o", "%N").splitlines()}
    slurm.lose(node)
    slurm.wait_until(lambda: slurm.states()[node].startswith("down"), 60)
    end(comic, run)
    slurm.start(node)
    slurm.wait_until(lambda: slurm.states() == dict.fromkeys(NODES, "idle"), 60)
    assert_same(comic, reference)


@pytest.mark.faults
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_controller_is_restarted(slurm: Slurm, reference: Comic, comic: Comic, how: signal.Signals) -> None:
    run = begin_until_a_job_runs(slurm, comic)
    slurm.wait_until_noted()  # a controller that is killed starts a job again of which it had not noted that it runs
    slurm.stop("slurmctld", how)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(10)
    slurm.start("slurmctld")
    end(comic, run)
    assert_same(comic, reference)


@pytest.mark.faults
def test_a_run_that_is_interrupted_leaves_no_job_and_goes_on_later(
    slurm: Slurm, reference: Comic, comic: Comic
) -> None:
    run = begin_until_a_job_runs(slurm, comic)
    run.send_signal(signal.SIGINT)
    end(comic, run, status=None)
    assert run.returncode
    slurm.wait_until(lambda: not slurm.jobs("running,pending,completing"))
    end(comic, begin(comic))
    assert_same(comic, reference)


@pytest.mark.faults
def test_a_run_that_is_killed_is_run_again_while_its_jobs_run(slurm: Slurm, reference: Comic, comic: Comic) -> None:
    run = begin_until_a_job_runs(slurm, comic)
    run.kill()
    end(comic, run, status=-signal.SIGKILL)
    left = set(slurm.jobs("running,pending"))
    assert left
    again = begin(comic)
    slurm.wait_until(lambda: bool(set(slurm.jobs("running,pending")) - left), 120)
    assert left.isdisjoint(slurm.jobs("running,pending")), "they would write into the same files"
    end(comic, again)
    assert_same(comic, reference)


@pytest.mark.faults
def test_a_disk_that_is_full(slurm: Slurm, reference: Comic, comic: Comic) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(comic.directory)], check=True)
    try:
        said = end(comic, begin(comic, "--retries", "0"), status=1)
        assert "the disk that holds this folder is full" in said
        subprocess.run(["mount", "-o", "remount,size=200m", str(comic.directory)], check=True)
        end(comic, begin(comic))
        assert_same(comic, reference)
    finally:
        subprocess.run(["umount", "--lazy", str(comic.directory)], check=True)
