"""Fetch a package by npm, from wherever the user's npm gets packages, and make sure that it is the very one."""

import hashlib
import subprocess
import tempfile
from pathlib import Path

from reprise.atomic import atomic_file


def check_sha256(content: bytes, sha256: str, name: str) -> None:
    """Raise SystemExit if the content is not the one with this digest."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SystemExit(
            f"{name}: its sha256 is {found}, not {sha256} as in matching.yaml; it is not what was labelled"
        )


def fetch_package(name: str, version: str, sha256: str, archive: Path) -> None:
    """Write the archive of an npm package.

    Raises:
        SystemExit: npm is not there or fails, or the archive is another.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
        try:
            done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
        except FileNotFoundError:
            raise SystemExit(f"npm is needed to fetch {name}; install Node.js, which brings it") from None
        if done.returncode:
            raise SystemExit(f"npm could not fetch {name}@{version}:\n{done.stderr}")
        content = (Path(folder) / done.stdout.split()[-1]).read_bytes()
    check_sha256(content, sha256, f"{name}@{version}")
    with atomic_file(archive) as part:
        part.write_bytes(content)


if "snakemake" in globals():
    job = globals()["snakemake"]
    fetch_package(job.wildcards.package, job.params.version, job.params.sha256, Path(job.output.archive))
