"""Results are kept in a bucket: a real S3 server on this machine, and Snakemake's plugin for it."""

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from comics import Comic, draw_folder, folder_bytes

LACKING = [name for name in ("moto", "boto3", "snakemake_storage_plugin_s3") if not importlib.util.find_spec(name)]
pytestmark = pytest.mark.skipif(
    bool(LACKING), reason="not installed: pip install 'moto[server]' snakemake-storage-plugin-s3"
)

SHARED = ("persistence", "software-deployment", "sources", "source-cache", "storage-local-copies")


@pytest.fixture
def server() -> Iterator[str]:
    """Start a server and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_a_bucket_holds_what_a_folder_would(server: str, tmp_path: Path) -> None:
    draw_folder(tmp_path / "pages", 12)
    settings = {
        "comic": {"source": "folder", "folder": str(tmp_path / "pages")},
        "fingerprint": {"shard_panels": 6},
        "match": {"search": "plain"},
    }
    boto3: Any = importlib.import_module("boto3")
    key = {"aws_access_key_id": "of tests", "aws_secret_access_key": "of tests", "region_name": "us-east-1"}
    bucket = boto3.resource("s3", endpoint_url=server, **key).create_bucket(Bucket="comic")
    where = ["--default-storage-provider", "s3", "--default-storage-prefix", "s3://comic"]
    how = ["--storage-s3-endpoint-url", server, "--storage-s3-region", "us-east-1"]
    how += ["--storage-s3-access-key", "of tests", "--storage-s3-secret-key", "of tests"]
    Comic(tmp_path / "bucket", settings).run(*where, *how, "--shared-fs-usage", *SHARED)
    here = Comic(tmp_path / "here", settings)
    here.run()
    files = [one for one in bucket.objects.all() if not one.key.endswith("/.snakemake_timestamp")]
    kept = {one.key.removeprefix("results/"): one.get()["Body"].read() for one in files}
    expected = folder_bytes(here.results)
    # Large pictures are in the gallery, and their store is no output; who wrote the results stands in a folder alone.
    beside = ("logs/", "benchmarks/", "large_pictures/", "reprise.json")
    assert "gallery/index.html" in kept
    assert {name: kept[name] for name in kept if not name.startswith(beside)} == {
        name: expected[name] for name in expected if not name.startswith(beside)
    }
