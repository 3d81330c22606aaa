"""What everything took is summed up rightly, and set out on one page."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measure import SNAKEMAKE
from speed_tables import STAGES, exponent, growth_table, rules_that_ran, speed_tables, stages_of, sum_up
from whole_run import BARE, EDIT, FIRST, NOTHING, ONE_RULE

RULES = sorted((Path(__file__).parents[2] / "workflow" / "rules").glob("*.smk"))
SIZES = (1000, 5000, 10_000)
TIMES = {"index_panels": 1e-4, "fingerprint": 5e-3, "hamming_block": 2e-7, "adjacency": 3e-5, SNAKEMAKE: 1e-3}


@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=5, unique=True),
    st.floats(0.1, 3),
    st.floats(1e-6, 1e3),
)
def test_the_exponent_is_the_power_a_cost_grows_with(panels: list[int], power: float, rate: float) -> None:
    assert exponent(panels, [rate * size**power for size in panels]) == pytest.approx(power, abs=1e-6)


@pytest.mark.parametrize(("panels", "cost"), [([1000], [1.0]), ([10, 10], [1.0, 2.0]), ([10, 20], [0.0, 1.0])])
def test_of_one_size_or_no_cost_nothing_is_said(panels: list[float], cost: list[float]) -> None:
    assert math.isnan(exponent(panels, cost))


def test_every_rule_of_the_main_job_has_its_stage() -> None:
    stages = stages_of(RULES)
    expected = {
        "index_panels": "fingerprint",
        "fingerprint": "fingerprint",
        "hamming_block": "compare",
        "search_block": "compare",
        "adjacency": "cluster",
        "communities": "cluster",
        "gallery": "publish",
        SNAKEMAKE: SNAKEMAKE,
    }
    assert stages.items() >= expected.items()
    assert set(stages.values()) == set(STAGES)


def jobs_of(name: str, panels: int, run: str = FIRST) -> pd.DataFrame:
    """Return jobs whose cost grows with the panels, `hamming_block` with their square."""
    rows = [
        (
            name,
            "default",
            panels,
            run,
            rule,
            2,
            rate * panels ** (2 if rule == "hamming_block" else 1),
            100 + panels / 100,
        )
        for rule, rate in TIMES.items()
    ]
    return pd.DataFrame(rows, columns=["set", "way", "panels", "run", "rule", "jobs", "cpu", "peak"])


def all_jobs() -> pd.DataFrame:
    first = [jobs_of(f"comic-{size}", size) for size in SIZES]
    edits = [jobs_of(f"comic-{size}", size, EDIT)[-2:] for size in SIZES]
    nothing = [jobs_of(f"comic-{size}", size, NOTHING)[-1:] for size in SIZES]
    return pd.concat([*first, *edits, *nothing], ignore_index=True)


def test_stages_sum_up_their_rules_over_all_sizes() -> None:
    jobs = all_jobs()
    summed = sum_up(jobs.assign(stage=jobs["rule"].map(stages_of(RULES))), "stage")
    at_most = summed[summed["panels"] == 10_000].set_index("stage")
    assert at_most["cpu"]["fingerprint"] == pytest.approx(51)
    assert at_most["jobs"]["fingerprint"] == 4
    assert set(at_most["peak"]) == {200}
    powers = at_most["exponent"].to_dict()
    assert powers == pytest.approx({"fingerprint": 1, "compare": 2, "cluster": 1, SNAKEMAKE: 1})
    table = growth_table(summed, "stage").set_index("stage")
    assert list(table.loc["compare"]) == ["0.2", "5.0", "20.0", "n^2.00", "200"]


def test_rules_that_should_not_have_run_are_told_of() -> None:
    jobs = pd.concat([all_jobs(), jobs_of("comic-5", 5, EDIT), jobs_of("comic-5", 5, EDIT)])
    told = rules_that_ran(jobs, EDIT, stages_of(RULES), ["fingerprint", "compare"])
    assert told.pop(("comic-5", "default")) == "index_panels fingerprint hamming_block"
    assert told == {(f"comic-{size}", "default"): "none" for size in SIZES}


def write_inputs(folder: Path) -> dict[str, list[Path]]:
    """Write tables as the scripts do that time everything, of comics of SIZES."""
    runs = [
        (f"comic-{size}", "default", size, run, wall, cpu, 300.0, *found)
        for size in SIZES
        for run, wall, cpu, found in [
            (FIRST, size / 100, size / 50, (size // 2, size // 10, size / 125)),
            (BARE, None, size / 250, (None, None, None)),
            (EDIT, 6.0, 8.0, (size // 3, size // 12, None)),
            (NOTHING, 1.0, 1.5, (size // 3, size // 12, None)),
            (NOTHING, 9.0, 1.6, (size // 3, size // 12, None)),
            (NOTHING, 1.0, 9.9, (size // 3, size // 12, None)),
            (ONE_RULE, 0.5, 0.8, (None, None, None)),
        ]
    ]
    columns = ["set", "way", "panels", "run", "wall", "cpu", "peak", "matches", "clusters", "grouped"]
    tables = {
        "kernel": pd.DataFrame(
            [("limit", 8.1, 1, 0.74), ("plain", 11, 1.36, 1)], columns=["work", "pair_ns", "of_limit", "of_plain"]
        ),
        "front_end": pd.DataFrame(
            [("comic", "GIF", 5, 3.25, 4.5, 1.385)],
            columns=["set", "format", "files", "bare_ms", "reprise_ms", "ratio"],
        ),
        "compiling": pd.DataFrame({"compiling": [True, False], "wall": [30, 20], "cpu": [38.5, 16.0]}),
        "runs": pd.DataFrame(runs, columns=columns),
        "jobs": all_jobs(),
        "peers": pd.DataFrame(
            [("comic-1000", "imagededup", 9.5, 17.0, 444, 77)], columns=["set", "peer", "wall", "cpu", "peak", "groups"]
        ),
    }
    for key, table in tables.items():
        table.to_csv(folder / f"{key}.csv", index=False)
    return {key: [folder / f"{key}.csv"] for key in tables}


def test_the_page_has_all_of_it(tmp_path: Path) -> None:
    outputs = {key: tmp_path / "out" / f"{key}.csv" for key in ("runs", "jobs", "peers", "stages", "page")}
    speed_tables(write_inputs(tmp_path), RULES, outputs)
    lines = outputs["page"].read_text().splitlines()
    for row in (
        "| plain | 11.0 | 1.36 | 1.00 |",
        "| comic | GIF | 5 | 3.25 | 4.50 | 1.39 |",
        "Without compiling, which takes 22.5 s of processor once.",
        "| comic-5000 | default | 50.0 | 100.0 | 20.0 | 5.00 | 150 (`index_panels`) | 2500 | 500 |",
        "| comic-10000 | default | 6.0 | 0.060 | none | 1.60 | 2.00 | none |",
        "| hamming_block | 0.2 | 5.0 | 20.0 | n^2.00 | 200 |",
        "| comic-1000 | imagededup | 9.5 | 9.5 | 17.0 | 444 | 77 |",
        "| comic-1000 | Reprise, default | 8.0 | 10.0 | 20.0 | 300 | 100 |",
    ):
        assert row in lines, outputs["page"].read_text()
    assert len(pd.read_csv(outputs["runs"])) == 7 * len(SIZES)
    assert set(pd.read_csv(outputs["stages"])["stage"]) == {"fingerprint", "compare", "cluster", SNAKEMAKE}
