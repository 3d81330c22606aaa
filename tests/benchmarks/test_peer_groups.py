"""The peers' pairs become groups, and imagededup's hashes are imported without its networks."""

import importlib
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_groups import groups_of, without_torch

FILES = st.sampled_from("abcdefghij")


@given(st.lists(st.tuples(FILES, FILES)))
def test_what_hangs_together_is_a_group(pairs: list[tuple[str, str]]) -> None:
    expected = sorted(map(sorted, nx.connected_components(nx.Graph(pairs))))
    assert groups_of(pairs) == expected


def test_a_module_is_imported_without_what_is_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "heavy_package"
    (package / "methods").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "methods" / "__init__.py").write_text("import torch_that_is_not_there")
    (package / "methods" / "light.py").write_text("ANSWER = 42")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("heavy_package.methods.light")
    without_torch("heavy_package", ["methods"])
    assert importlib.import_module("heavy_package.methods.light").ANSWER == 42
