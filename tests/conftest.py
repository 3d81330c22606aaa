"""Settings and fixtures that tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

from sites import Server, running_server

# The same examples on every machine, and no limit of time to each: a red test is a fault, not a slow or unlucky moment.
settings.register_profile("reprise", derandomize=True, deadline=None)
# `./run test --quick` looks at fewer examples.
FEWER = 20
settings.register_profile("quick", settings.get_profile("reprise"), max_examples=FEWER)
settings.load_profile("reprise")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let tests with a number of examples of their own look at fewer as well; a profile does not bind them."""
    if config.getoption("--hypothesis-profile") != "quick":
        return
    for test in {item.function for item in items if isinstance(item, pytest.Function)}:
        own = getattr(test, "_hypothesis_internal_use_settings", None)
        if is_hypothesis_test(test) and own is not None and own.max_examples > FEWER:
            test._hypothesis_internal_use_settings = settings(own, max_examples=FEWER)


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
