"""One rule for what says too little."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from adjacency import adjacency
from align_block import align_block
from panels import read_shard
from pictures import write_shards
from reprise.matching.evidence import FEWEST
from sketches import blocks_of, choose, panel, sketch


@pytest.mark.slow  # the kernels that it needs take long to compile
@pytest.mark.parametrize("fewest", [FEWEST, 5000])
@pytest.mark.parametrize("ink", ["#dedede", "black"])
def test_what_matches_is_left_out_where_it_says_too_little_and_nowhere_else(
    ink: str, fewest: int, tmp_path: Path
) -> None:
    """Faint drawings have next to no edges in the bitmap, and many as points, by which they are compared."""
    drawn = [panel(sketch(seed, across=shift, ink=ink)) for seed in (1, 2, 3) for shift in (0.0, 0.03)]
    drawn += [panel(Image.new("RGB", (240, 160), "white"))] * 2
    shards = write_shards(tmp_path, drawn, len(drawn))
    chosen = choose(tmp_path, blocks_of(tmp_path, drawn, len(drawn), 1), most_alike=24)
    align_block(shards, shards, 0, 0, chosen, 0.6, tmp_path / "aligned.npz", fewest_edges=fewest)
    graph = tmp_path / "matrix.npz", tmp_path / "matches.npz"
    adjacency(chosen, [tmp_path / "aligned.npz"], {"by": "dice", "threshold": 0.5}, fewest, *graph)
    matches = np.load(graph[1])["matches"]
    assert {(0, 1), (2, 3), (4, 5)} <= set(matches[["a", "b"]].tolist())
    enough = (read_shard(shards[0])["edges"] >= fewest).tolist()
    assert enough == [fewest == FEWEST] * 6 + [False] * 2
    assert matches["says_enough"].tolist() == [enough[match["a"]] and enough[match["b"]] for match in matches]
    assert (np.load(graph[0])["data"].size > 0) == any(enough)
