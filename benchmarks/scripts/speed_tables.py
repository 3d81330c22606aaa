"""Set out what everything took: as tables, and on one page to be read."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from matching_tables import markdown
from measure import SNAKEMAKE
from reprise.atomic import atomic_file
from whole_run import BARE, EDIT, FIRST, NOTHING, ONE_RULE

STAGES = ("fingerprint", "compare", "cluster", "publish", SNAKEMAKE)
"""What rules are summed up to. What is acquired counts as fingerprinting; `adjacency`, with which another threshold
begins, as clustering."""


def stages_of(rules: Sequence[Path]) -> dict[str, str]:
    """Return the stage of each rule of these rules files, of STAGES."""
    stages = {SNAKEMAKE: SNAKEMAKE}
    for path in rules:
        stage = "fingerprint" if path.stem == "acquire" else path.stem
        if stage in STAGES:
            stages |= dict.fromkeys(re.findall(r"^(?:rule|checkpoint) (\w+):", path.read_text(), re.MULTILINE), stage)
    return stages | {"adjacency": "cluster"}


def exponent(panels: Sequence[float], cost: Sequence[float]) -> float:
    """Return the power of the number of panels that a cost grows with: least squares of the logarithms.

    It is no number for less than two sizes, or where something cost nothing.
    """
    if len(set(panels)) < 2 or min(cost) <= 0:
        return np.nan
    return float(np.polyfit(np.log(panels), np.log(cost), 1)[0])


def kind_of(names: pd.Series) -> pd.Series:
    """Return of which kind panels are, by their names: `comic`, `tiny` or `folder`."""
    return names.str.split("-").str[0]


def sum_up(jobs: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return for each way and kind of panels what each stage or rule of the first runs takes.

    The columns are `kind`, `way`, `by`, `panels`, `jobs`, `cpu`, `peak` (MB of the largest job), and `exponent`, with
    which power of the panels the seconds of processor grow.
    """
    first = jobs[jobs["run"] == FIRST].assign(kind=kind_of(jobs["set"]))
    keys = ["kind", "way", by]
    summed = first.groupby([*keys, "panels"], sort=False).agg(
        jobs=("jobs", "sum"), cpu=("cpu", "sum"), peak=("peak", "max")
    )
    summed = summed.reset_index()
    powers = summed.groupby(keys, sort=False)[["panels", "cpu"]].apply(
        lambda rows: exponent(rows["panels"].tolist(), rows["cpu"].tolist())
    )
    return summed.merge(powers.rename("exponent").reset_index(), on=keys)


def fixed(figures: pd.Series, digits: int) -> list[str]:
    """Return figures as text, to so many digits; nothing where there is none."""
    return ["" if pd.isna(figure) else f"{figure:,.{digits}f}" for figure in figures]


def kernel_table(kernel: pd.DataFrame) -> pd.DataFrame:
    """Return what a pair takes, to be read."""
    return pd.DataFrame(
        {
            "comparing": kernel["work"],
            "ns a pair": fixed(kernel["pair_ns"], 1),
            "× limit": fixed(kernel["of_limit"], 2),
            "× plain": fixed(kernel["of_plain"], 2),
        }
    )


def front_end_table(front_end: pd.DataFrame) -> pd.DataFrame:
    """Return what a file takes to be read, by format."""
    return pd.DataFrame(
        {
            "panels": front_end["set"],
            "format": front_end["format"],
            "files": front_end["files"],
            "decoded, ms": fixed(front_end["bare_ms"], 2),
            "fingerprinted, ms": fixed(front_end["reprise_ms"], 2),
            "ratio": fixed(front_end["ratio"], 2),
        }
    )


def of_runs(runs: pd.DataFrame, run: str) -> pd.DataFrame:
    """Return the medians of a run for each set and way, in the order of the first runs."""
    keys = ["set", "way"]
    medians = runs[runs["run"] == run].groupby(keys, sort=False).median(numeric_only=True)
    return runs[runs["run"] == FIRST][keys].merge(medians.reset_index(), on=keys, how="left")


def first_run_table(runs: pd.DataFrame, jobs: pd.DataFrame) -> pd.DataFrame:
    """Return what the first runs took, and what was the largest of their jobs."""
    first, bare = of_runs(runs, FIRST), of_runs(runs, BARE)
    of_rules = jobs[(jobs["run"] == FIRST) & (jobs["rule"] != SNAKEMAKE)]
    largest = of_rules.loc[of_rules.groupby(["set", "way"])["peak"].idxmax()]
    largest = first[["set", "way"]].merge(largest, on=["set", "way"])
    return pd.DataFrame(
        {
            "panels": first["set"],
            "way": first["way"],
            "wall, s": fixed(first["wall"], 1),
            "processor, s": fixed(first["cpu"], 1),
            "ms a panel": fixed(first["cpu"] / first["panels"] * 1000, 1),
            "× decoding": fixed(first["cpu"] / bare["cpu"], 2),
            "largest job, MB": [
                f"{peak:.0f} (`{rule}`)" for peak, rule in zip(largest["peak"], largest["rule"], strict=True)
            ],
            "matches": first["matches"].astype(int),
            "clusters": first["clusters"].astype(int),
        }
    )


def rules_that_ran(jobs: pd.DataFrame, run: str, stages: Mapping[str, str], among: Sequence[str]) -> dict[Any, str]:
    """Return, by set and way, which rules of some stages a run ran: their names, or `none`."""
    of_run = jobs[jobs["run"] == run]
    names = of_run["rule"].where(of_run["rule"].map(stages).isin(among), "")
    by_set = names.groupby([of_run["set"], of_run["way"]], sort=False)
    return by_set.agg(lambda rules: " ".join(dict.fromkeys(filter(None, rules))) or "none").to_dict()


def later_runs_table(runs: pd.DataFrame, jobs: pd.DataFrame, stages: Mapping[str, str]) -> pd.DataFrame:
    """Return what an edit of the threshold took, and nothing to do, and which rules ran that should not have."""
    first, edit, nothing, one_rule = (of_runs(runs, run) for run in (FIRST, EDIT, NOTHING, ONE_RULE))
    keys = list(zip(first["set"], first["way"], strict=True))
    compared = rules_that_ran(jobs, EDIT, stages, ["fingerprint", "compare"])
    ran = rules_that_ran(jobs, NOTHING, stages, [stage for stage in STAGES if stage != SNAKEMAKE])
    return pd.DataFrame(
        {
            "panels": first["set"],
            "way": first["way"],
            "edit: wall, s": fixed(edit["wall"], 1),
            "of the first run's": fixed(edit["wall"] / first["wall"], 3),
            "jobs before `adjacency`": [compared[key] for key in keys],
            "nothing to do: processor, s": fixed(nothing["cpu"], 2),
            "× one rule": fixed(nothing["cpu"] / one_rule["cpu"], 2),
            "jobs": [ran[key] for key in keys],
        }
    )


def growth_table(summed: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the seconds of processor by stage or rule, a column a number of panels, with how they grow."""
    wide = summed.pivot_table("cpu", by, "panels", sort=False)
    wide = wide[sorted(wide.columns)]
    table = pd.DataFrame({by: wide.index, **{f"{panels:,}": fixed(wide[panels], 1) for panels in wide.columns}})
    powers = summed.drop_duplicates(by).set_index(by)["exponent"][wide.index]
    largest = summed[summed["panels"] == summed["panels"].max()].set_index(by)["peak"].reindex(wide.index)
    table["grows as"] = [f"n^{power}" if power else "" for power in fixed(powers, 2)]
    table["largest job, MB"] = fixed(largest, 0)
    return table


def peer_table(peers: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return what peers took, from files to groups, and Reprise, which goes on to a gallery, on the same panels.

    Processor and memory are of all that was done.
    """
    first = runs[(runs["run"] == FIRST) & runs["set"].isin(peers["set"])]
    ours = first.assign(peer="Reprise, " + first["way"], groups=first["clusters"])
    both = pd.concat([peers.assign(grouped=peers["wall"]), ours], ignore_index=True)
    both = both.sort_values("set", key=lambda names: names.map(list(dict.fromkeys(peers["set"])).index), kind="stable")
    return pd.DataFrame(
        {
            "panels": both["set"],
            "by": both["peer"],
            "to groups, s": fixed(both["grouped"], 1),
            "in all, s": fixed(both["wall"], 1),
            "processor, s": fixed(both["cpu"], 1),
            "largest process, MB": fixed(both["peak"], 0),
            "groups": both["groups"].astype(int),
        }
    )


def machine() -> str:
    """Return what this was measured on."""
    name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return f"{os.cpu_count()} cores of {name[1] if name else 'a processor'}"


def page(
    tables: Mapping[str, pd.DataFrame], stages: Mapping[str, str], summed: Sequence[tuple[str, pd.DataFrame]]
) -> str:
    """Return all that is to be read, as Markdown."""
    runs, jobs = tables["runs"], tables["jobs"]
    compiling = tables["compiling"].set_index("compiling")["cpu"]
    parts = [
        f"# Speed\n\nOn {machine()}.\n",
        "## A pair of panels\n\nProcessor time; `limit` is xor, popcount and add of as many words, all in registers.\n",
        markdown(kernel_table(tables["kernel"])),
        "## A file\n\nProcessor time to decode the frames that are read, and to read them as Reprise does.\n",
        markdown(front_end_table(tables["front_end"])),
        "## From files to gallery\n\nWithout compiling, which takes "
        f"{compiling[True] - compiling[False]:.1f} s of processor once.\n",
        markdown(first_run_table(runs, jobs)),
        "## Then another threshold, then nothing to do\n",
        markdown(later_runs_table(runs, jobs, stages)),
        "## Growth\n\nSeconds of processor of the first runs.\n",
    ]
    for by, table in summed:
        for (kind, way), rows in table.groupby(["kind", "way"], sort=False):
            parts += [f"### {kind}, {way}, by {by}\n", markdown(growth_table(rows, by))]
    parts += ["## Peers\n", markdown(peer_table(tables["peers"], runs))]
    return "\n".join(parts)


def speed_tables(inputs: Mapping[str, Sequence[Path]], rules: Sequence[Path], outputs: Mapping[str, Path]) -> None:
    """Write the tables of all panels and ways, and the page.

    Args:
        inputs: `kernel`, `front_end`, `compiling`, `runs`, `jobs`, `peers`: tables as their scripts wrote them.
        rules: the rules files of Reprise.
        outputs: `runs`, `jobs`, `peers`: the same, joined; `stages`, as `sum_up` returns them; `page`.
    """
    tables = {key: pd.concat(map(pd.read_csv, paths), ignore_index=True) for key, paths in inputs.items()}
    stages = stages_of(rules)
    jobs = tables["jobs"].assign(stage=tables["jobs"]["rule"].map(stages))
    by_stage = sum_up(jobs, "stage").sort_values("stage", key=lambda names: names.map(STAGES.index), kind="stable")
    by_stage = by_stage.sort_values(["kind", "way"], kind="stable")
    written = {key: tables[key] for key in ("runs", "jobs", "peers")} | {"stages": by_stage.round(4)}
    for key, table in written.items():
        with atomic_file(outputs[key]) as part:
            table.to_csv(part, index=False)
    text = page(tables, stages, [("stage", by_stage), ("rule", sum_up(jobs, "rule"))])
    with atomic_file(outputs["page"]) as part:
        part.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    job = globals()["snakemake"]
    speed_tables(
        {
            key: list(map(Path, [found] if isinstance(found, str) else found))
            for key, found in job.input.items()
            if key != "rules"
        },
        list(map(Path, job.input.rules)),
        {key: Path(path) for key, path in job.output.items()},
    )
