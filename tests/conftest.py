"""Settings and fixtures that tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sites import Server, running_server

# The same examples on every machine, and no limit of time to each: a red test is a fault, not a slow or unlucky moment.
settings.register_profile("reprise", derandomize=True, deadline=None)
# `./run test --quick` looks at fewer examples.
settings.register_profile("quick", settings.get_profile("reprise"), max_examples=20)
settings.load_profile("reprise")


@pytest.fixture
def site() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
