"""One name for a rule, its script and its test; and what a script uses is known."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from reprise.imports import used_modules

REPOSITORY = Path(__file__).parents[1]
SCRIPTS = REPOSITORY / "scripts"


@dataclass(frozen=True)
class Rule:
    """A rule as it is written: the text of its directives by their names."""

    name: str
    stage: str
    directives: dict[str, str]


def read_rules() -> Iterator[Rule]:
    """Read the rules of all stages; a rule ends where a line begins at the margin, a directive where one does in it."""
    for path in sorted((REPOSITORY / "workflow" / "rules").glob("*.smk")):
        for found in re.finditer(r"^(?:rule|checkpoint) (\w+):\n((?: .*\n|\n)+)", path.read_text(), re.MULTILINE):
            directives = re.findall(r"^    (\w+):(.*\n(?:(?:     .*)?\n)*)", found.group(2), re.MULTILINE)
            yield Rule(found.group(1), path.stem, dict(directives))


RULES = list(read_rules())
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@cache
def imported_names(path: Path) -> set[str]:
    """Return the names a Python file imports, as `package.module`; of what it takes from a module, that module's."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{path}: imports are absolute here"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def own_modules(name: str) -> set[Path]:
    """Return the files of this repository's scripts that are run when a name is imported: packages before modules."""
    parts = name.split(".")
    paths = [SCRIPTS.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
    places = [place for path in paths for place in (path.with_suffix(".py"), path / "__init__.py")]
    return {place for place in places if place.is_file()}


def parsed_modules(path: Path) -> set[Path]:
    """Return the modules of this repository that a file imports, and those that these import."""
    used: set[Path] = set()
    left = [path]
    while left:
        new = {module for name in imported_names(left.pop()) for module in own_modules(name)} - used
        used |= new
        left += new
    return used


def test_the_rules_are_found() -> None:
    """Or all that is said of each of them would be said of none."""
    assert len(RULES) >= 20
    assert {rule.stage for rule in RULES} == {"acquire", "fingerprint", "compare", "cluster", "publish", "study"}
    assert len({rule.name for rule in RULES}) == len(RULES)


@EACH_RULE
def test_a_rule_has_a_script_and_a_test_of_its_name(rule: Rule) -> None:
    assert rule.directives["script"].strip() == f'"../../scripts/{rule.name}.py"'
    assert (SCRIPTS / f"{rule.name}.py").is_file()
    assert (REPOSITORY / "tests" / f"test_{rule.name}.py").is_file()


@EACH_RULE
def test_the_modules_that_a_script_uses_are_found(rule: Rule) -> None:
    """Snakemake does not track imports; what is found re-runs the rule when it changes."""
    script = SCRIPTS / f"{rule.name}.py"
    assert used_modules(script, SCRIPTS) == sorted(parsed_modules(script))


@EACH_RULE
def test_no_step_imports_another(rule: Rule) -> None:
    """An installed package of the other's name would be imported in its place: Snakemake looks for scripts last."""
    assert imported_names(SCRIPTS / f"{rule.name}.py").isdisjoint(rule.name for rule in RULES)


@EACH_RULE
def test_a_script_hands_over_by_name_what_snakemake_gave(rule: Rule) -> None:
    """So that no two of a dozen things change places unseen."""
    tree = ast.parse((SCRIPTS / f"{rule.name}.py").read_text())
    (start,) = (node for node in tree.body if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
    assert ast.unparse(start.body[0]).startswith("with job() as snakemake:")
    (given,) = (node for node in ast.walk(start) if isinstance(node, ast.Call) and ast.unparse(node.func) == rule.name)
    assert not given.args
    assert all(keyword.arg for keyword in given.keywords)


@EACH_RULE
def test_a_script_opens_its_log_before_it_loads_anything(rule: Rule) -> None:
    tree = ast.parse((SCRIPTS / f"{rule.name}.py").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert ast.unparse(imports[0]) == "from reprise.job import job"


@EACH_RULE
def test_a_script_compiles_nothing_of_its_own(rule: Rule) -> None:
    """Snakemake starts a copy of it under another name each time, beside which what was compiled is not found again."""
    assert "numba" not in {name.split(".")[0] for name in imported_names(SCRIPTS / f"{rule.name}.py")}


@EACH_RULE
def test_a_rule_takes_the_files_beside_its_script_that_belong_to_it(rule: Rule) -> None:
    """As the template of the gallery."""
    for path in SCRIPTS.glob(f"{rule.name}.*"):
        if path.suffix != ".py":
            assert f'"{path.name}"' in rule.directives["input"]


@EACH_RULE
def test_a_rule_has_a_log_an_environment_and_a_message(rule: Rule) -> None:
    assert f"results/logs/{rule.name}" in rule.directives["log"]
    assert f"results/benchmarks/{rule.name}" in rule.directives["benchmark"]
    assert rule.directives["conda"].strip() == f'"../../envs/{rule.stage}.yaml"'
    assert rule.directives["message"].strip()


@EACH_RULE
def test_a_rule_says_what_memory_and_time_it_asks_for(rule: Rule) -> None:
    """Where several machines share the work; on one machine they change nothing."""
    asked = re.findall(r"^        (\w+)=(.+),$", rule.directives["resources"], re.MULTILINE)
    assert [name for name, _ in asked] == ["mem_mb", "runtime"]
    (memory,) = re.findall(r"^memory\((.+)\)$", asked[0][1])
    (minutes,) = re.findall(r"^minutes\((.+)\)$", asked[1][1])
    assert memory == minutes or memory == "LITTLE"


def test_every_script_belongs_to_a_rule_and_every_module_is_used_by_one() -> None:
    users: dict[Path, set[str]] = {path: set() for path in SCRIPTS.rglob("*.py")}
    for rule in RULES:
        for path in {SCRIPTS / f"{rule.name}.py"} | parsed_modules(SCRIPTS / f"{rule.name}.py"):
            users[path].add(rule.name)
    for path in parsed_modules(REPOSITORY / "workflow/find.py"):  # which runs no rule
        users[path].add("find")
    assert [path for path, rules in users.items() if not rules] == []


def test_every_stage_is_included_in_the_order_of_the_story() -> None:
    text = (REPOSITORY / "Snakefile").read_text()
    stages = ["comic", "acquire", "fingerprint", "compare", "cluster", "publish", "study"]
    assert re.findall(r'^include: "workflow/rules/(\w+)\.smk"$', text, re.MULTILINE) == stages
    assert sorted(stages) == sorted(path.stem for path in (REPOSITORY / "workflow" / "rules").glob("*.smk"))


@pytest.mark.parametrize("stage", sorted({rule.stage for rule in RULES}))
def test_a_stage_opens_with_what_it_takes_and_gives(stage: str) -> None:
    lines = (REPOSITORY / "workflow" / "rules" / f"{stage}.smk").read_text().splitlines()
    opening = " ".join(lines[: lines.index("")])
    assert opening.startswith(f"# {stage}: takes ")
    assert "; gives " in opening


def test_the_snakefile_stays_a_table_of_contents() -> None:
    assert len((REPOSITORY / "Snakefile").read_text().splitlines()) < 80
