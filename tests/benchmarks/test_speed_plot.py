"""The plot shows every stage, and is the same for the same figures."""

from pathlib import Path

import matplotlib.image as mpimg
import numpy as np
import pandas as pd

from speed_plot import COLOURS, speed_plot
from speed_tables import STAGES


def write_stages(path: Path, sizes: list[int], power: float) -> Path:
    rows = [
        (kind, way, stage, size, 0.01 * place * size**power, power)
        for kind, way in (("comic", "default"), ("tiny", "bare"))
        for place, stage in enumerate(STAGES, 1)
        for size in sizes
    ]
    pd.DataFrame(rows, columns=["kind", "way", "stage", "panels", "cpu", "exponent"]).to_csv(path, index=False)
    return path


def test_all_stages_are_drawn(tmp_path: Path) -> None:
    stages = write_stages(tmp_path / "stages.csv", [1000, 10_000], 1.5)
    speed_plot(stages, tmp_path / "one.png")
    drawn = (mpimg.imread(tmp_path / "one.png")[..., :3] * 255).round().astype(int)
    for colour in COLOURS.values():
        wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert (np.abs(drawn - wanted).max(axis=2) <= 2).sum() > 100, colour


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    stages = write_stages(tmp_path / "stages.csv", [1000, 10_000], 1.5)
    for name in ("one.png", "again.png"):
        speed_plot(stages, tmp_path / name)
    speed_plot(write_stages(tmp_path / "others.csv", [1000, 10_000], 2.0), tmp_path / "other.png")
    one, again, other = ((tmp_path / name).read_bytes() for name in ("one.png", "again.png", "other.png"))
    assert one == again != other
