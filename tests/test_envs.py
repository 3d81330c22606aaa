"""What is installed: the lock, and the environments of the stages, whose versions are the lock's."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from test_rules import REPOSITORY, RULES, SCRIPTS, imported_names, own_modules, used_modules

LOCKS = [REPOSITORY / folder / "requirements.txt" for folder in ("", "tests", "profiles")]
STAGES = sorted({rule.stage for rule in RULES})

# Installed with a package that cannot do without them, and meant to be used with it.
COMES_WITH = {
    "jsonschema": "snakemake",
    "llvmlite": "numba",
    "pyyaml": "snakemake",
    "snakemake-interface-common": "snakemake",
    "snakemake-interface-logger-plugins": "snakemake",
    "soupsieve": "beautifulsoup4",
    "urllib3": "requests",
}

# Snakemake starts these; nothing here imports them.
STARTED = {"snakemake", "pygments"}


def locked(lock: Path) -> dict[str, str]:
    """Return the versions of a lock."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE))


def requirements(path: Path) -> list[Requirement]:
    lines = (line.strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def packages(names: set[str]) -> set[str]:
    """Return the packages that bring the modules of these names, of which `package.module` is one too."""
    brought = packages_distributions()
    outside = {name.split(".")[0] for name in names if not own_modules(name)} - sys.stdlib_module_names
    return {canonicalize_name(brought[name][0]) for name in outside}


def packages_of_scripts(scripts: set[Path]) -> set[str]:
    """Return the packages that scripts, and the modules they use, import."""
    paths = scripts.union(*(used_modules(path, SCRIPTS) for path in scripts))
    return packages({name for path in paths for name in imported_names(path)})


def packages_of_workflow() -> set[str]:
    """Return the packages that Snakemake's side of the workflow imports."""
    written = [REPOSITORY / "Snakefile", *(REPOSITORY / "workflow" / "rules").glob("*.smk")]
    lines = "\n".join(path.read_text() for path in written)
    names = set(re.findall(r"^(?:from|import) ([\w.]+)", lines, re.MULTILINE))
    modules = set((REPOSITORY / "workflow").glob("*.py"))
    names = names.union(*map(imported_names, modules))
    return packages({name for name in names if name.split(".")[0] not in {path.stem for path in modules}})


def direct() -> set[str]:
    """Return the packages that are asked for by name; those with a bound are held back, and others may ask for them."""
    asked = requirements(REPOSITORY / "requirements.in")
    return {canonicalize_name(requirement.name) for requirement in asked if not requirement.specifier}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_the_packages_its_scripts_import_and_no_others(stage: str) -> None:
    environment = yaml.safe_load((REPOSITORY / "envs" / f"{stage}.yaml").read_text())
    *conda, pip = environment["dependencies"]
    asked = [Requirement(package) for package in pip["pip"]]
    scripts = {SCRIPTS / f"{rule.name}.py" for rule in RULES if rule.stage == stage}
    assert sorted(requirement.name for requirement in asked) == sorted(packages_of_scripts(scripts) - set(COMES_WITH))
    versions = locked(REPOSITORY / "requirements.txt")
    assert {r.name: str(r.specifier) for r in asked} == {r.name: f"=={versions[r.name]}" for r in asked}
    assert [package.split("=")[0] for package in conda] == ["python", "pip"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_every_stage_has_an_environment() -> None:
    assert sorted(path.stem for path in (REPOSITORY / "envs").iterdir()) == STAGES


def test_every_package_that_is_asked_for_is_used() -> None:
    used = packages_of_scripts(set(SCRIPTS.glob("*.py"))) | packages_of_workflow() | STARTED
    assert direct() - used == set()


def test_every_package_that_is_used_is_asked_for() -> None:
    used = packages_of_scripts(set(SCRIPTS.glob("*.py"))) | packages_of_workflow()
    assert used - direct() - set(COMES_WITH) == set()
    assert set(COMES_WITH) <= used, "no longer imported"
    assert set(COMES_WITH.values()) <= direct()


def test_what_is_asked_for_is_in_the_lock() -> None:
    for lock in LOCKS:
        versions = locked(lock)
        for requirement in requirements(lock.with_suffix(".in")):
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("lock", LOCKS[1:], ids=lambda lock: lock.parent.name)
def test_tests_and_clusters_run_on_the_versions_of_the_lock(lock: Path) -> None:
    versions = locked(LOCKS[0])
    others = locked(lock)
    assert {name: version for name, version in others.items() if versions.get(name, version) != version} == {}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(REPOSITORY)))
def test_a_lock_names_no_index_and_has_a_hash_for_every_package(lock: Path) -> None:
    text = lock.read_text()
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|\bfile:| @ ", text) == []
    entries = re.findall(r"^[\w.-]+==.*\n(?:    .*\n)*", text, re.MULTILINE)
    assert len(entries) == len(locked(lock)) > 5
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
