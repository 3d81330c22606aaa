"""The same comic and settings give the same bytes, however the work was cut up, or shared out."""

from pathlib import Path

import pytest
from comics import DEMO, Comic, assert_same


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Comic:
    """A small demo comic, worked through once on two cores."""
    comic = Comic(tmp_path_factory.mktemp("reference"), dict(DEMO))
    comic.run()
    return comic


@pytest.mark.parametrize(
    ("cores", "shard_panels", "block_panels"), [(1, 512, 4096), (2, 64, 500), (1, 7, 5000), (2, 5, 16)]
)
def test_cores_shards_and_blocks(
    reference: Comic, tmp_path: Path, cores: int, shard_panels: int, block_panels: int
) -> None:
    settings = {"fingerprint": {"shard_panels": shard_panels}, "compare": {"block_panels": block_panels}}
    comic = Comic(tmp_path, DEMO | settings, cores=cores)
    comic.run()
    assert_same(comic, reference)
