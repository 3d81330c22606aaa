"""A real Slurm of two nodes on this machine, brought up for tests: controller, nodes and munge, without systemd.

`python tests/slurm/slurm.py` brings it up, to be tried by hand, and takes it down when it is ended or its input ends.
"""

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

# Slurm's commands within jobs look nowhere else, whatever SLURM_CONF said outside.
CONFIGURATION = Path("/etc/slurm/slurm.conf")
OURS = "# Written by Reprise's tests; they remove it as they end.\n"
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")
PACKAGES = "slurmctld slurmd slurm-client munge"  # of Debian and Ubuntu

NODES = ("n1", "n2")
PORT = 16817  # of the controller; those of the nodes follow
SECONDS_TO_COME_UP = 30.0

SETTINGS = """\
ClusterName=reprise
SlurmctldHost=localhost
SlurmUser=root
SlurmctldPort={port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
# No cgroups, which a container may not give.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Jobs are ended that take more memory than they asked for.
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
# There is no accounting: `squeue` tells for an hour how jobs ended.
AccountingStorageType=accounting_storage/none
MinJobAge=3600
ReturnToService=2
SlurmdTimeout=10
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str:
    """Return why no Slurm can be brought up here, or nothing if it can."""
    if os.geteuid() != 0:
        return "only root can bring a Slurm up"
    if lacking := [program for program in PROGRAMS if not shutil.which(program)]:
        return f"{', '.join(lacking)} not found; on Debian and Ubuntu: apt install {PACKAGES}"
    if not importlib.util.find_spec("snakemake_executor_plugin_slurm"):
        return "the packages of profiles/requirements.txt are not installed"
    if CONFIGURATION.exists() and not CONFIGURATION.read_text().startswith(OURS):
        return f"{CONFIGURATION} is of another Slurm"
    return ""


class Slurm:
    """A Slurm that is up as long as the block that it is used in, one at a time on a machine.

    Attributes:
        folder: holds what its processes write.
        processes: the processes by name: `munged`, `slurmctld` and those of NODES.
    """

    def __init__(self, cpus: int = 4, memory: int = 16000) -> None:
        """Take for each node so many processors and MB, whatever the machine has."""
        self.folder = Path(tempfile.mkdtemp(prefix="reprise-slurm-"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        nodes = "\n".join(
            f"NodeName={node} NodeHostname=localhost Port={PORT + number} CPUs={cpus} RealMemory={memory} State=UNKNOWN"
            for number, node in enumerate(NODES, 1)
        )
        self.settings = OURS + SETTINGS.format(port=PORT, folder=self.folder, nodes=nodes)

    def __enter__(self) -> "Slurm":
        self.lock = Path("/run/reprise-slurm.lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        CONFIGURATION.parent.mkdir(exist_ok=True)
        CONFIGURATION.write_text(self.settings)
        (self.folder / "state").mkdir()
        self.folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self.start("munged")
        self.wait_until(lambda: (self.folder / "munge.socket").exists())
        for name in ("slurmctld", *NODES):
            self.start(name)
        self.wait_until(lambda: self.states() == dict.fromkeys(NODES, "idle"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.processes["slurmctld"].poll() is None:
            self.tell("scancel", "--user", "root", "--signal", "KILL")
        for name in reversed(self.processes):
            self.stop(name)
        CONFIGURATION.unlink()
        self.lock.close()
        if error is None:
            shutil.rmtree(self.folder)

    def start(self, name: str) -> None:
        """Start one of the processes."""
        commands = {
            "slurmctld": ["slurmctld", "-D"],
            "munged": ["munged", "--foreground", "--force", "--num-threads=2"]
            + [f"--{what}-file={self.folder}/munge.{what}" for what in ("key", "pid", "log", "seed")]
            + [f"--socket={self.folder}/munge.socket"],
        }
        with (self.folder / f"{name}.out").open("ab") as said:
            self.processes[name] = subprocess.Popen(
                commands.get(name, ["slurmd", "-D", "-N", name]), stdout=said, stderr=said, start_new_session=True
            )

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End one of the processes and wait until it has ended; a node's jobs go on."""
        process = self.processes[name]
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def lose(self, node: str) -> None:
        """Take a node down with all that runs on it, as a power cut would."""
        self.stop(node, signal.SIGKILL)
        for step in self.steps(node):
            for process in [*descendants(step), step]:
                kill(process)

    def steps(self, node: str) -> list[int]:
        """Return the processes by which a node looks after its jobs. They have the node's name in theirs."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                of_node = f"SLURMD_NODENAME={node}".encode() in path.read_bytes().split(b"\0")
            except OSError:
                continue
            if of_node:
                found.append(int(path.parent.name))
        return found

    def states(self) -> dict[str, str]:
        """Return how the nodes are: idle, mixed, allocated, down and so on."""
        return dict(line.split() for line in self.tell("sinfo", "--Node", "--noheader", "-o", "%N %T").splitlines())

    def jobs(self, states: str = "all") -> dict[str, str]:
        """Return the jobs in some states, by number, with their state."""
        lines = self.tell("squeue", "--noheader", "-t", states, "-o", "%A %T").splitlines()
        return dict(line.split() for line in lines)

    def wait_until_noted(self) -> None:
        """Wait until the controller has noted how its jobs are now, which it does every few seconds."""
        begun = time.time()
        self.wait_until(lambda: (self.folder / "state/job_state").stat().st_mtime > begun)

    def tell(self, *command: str) -> str:
        """Run one of Slurm's commands and return what it said, nothing where the controller does not answer."""
        return subprocess.run(command, text=True, capture_output=True).stdout

    def wait_until(self, holds: Callable[[], bool], seconds: float = SECONDS_TO_COME_UP) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: it does not hold after so many seconds.
        """
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Slurm did not come so far; what its processes wrote is in {self.folder}")
            time.sleep(0.1)


def descendants(process: int) -> list[int]:
    """Return the numbers of all processes that a process has started, and those have."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in path.read_text().split():
            found += [*descendants(int(child)), int(child)]
    return found


def kill(process: int) -> None:
    """End a process at once, if it has not ended."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    if reason := why_not():
        sys.exit(reason)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Slurm() as slurm:
        print(f"up: {slurm.tell('sinfo')}its processes write to {slurm.folder}; Ctrl-C takes it down")
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            print()
