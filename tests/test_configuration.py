"""Settings: what is accepted, in which form jobs get it, and what is said of what is not."""

import math
import random
import zipfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from configuration import ConfigurationError, canonical, check_configuration, match_rule

REPOSITORY = Path(__file__).parents[1]
SCHEMA_FILE = REPOSITORY / "workflow" / "schemas" / "config.schema.yaml"
CONFIG_TEXT = (REPOSITORY / "config.yaml").read_text(encoding="utf-8")
SCHEMA = yaml.safe_load(SCHEMA_FILE.read_text(encoding="utf-8"))
CONFIG = yaml.safe_load(CONFIG_TEXT)


def leaves(node: Mapping[str, Any], schema: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield the dotted name of every setting with its value, or of a schema with what it says of it."""
    for key, value in (node["properties"] if schema else node).items():
        if isinstance(value, Mapping) and (not schema or "properties" in value):
            yield from ((f"{key}.{name}", leaf) for name, leaf in leaves(value, schema))
        else:
            yield key, value


def changed(**changes: Any) -> dict[str, Any]:
    """Return the settings of config.yaml with some changed; a double underscore stands for a dot."""
    config = deepcopy(CONFIG)
    for name, value in changes.items():
        *sections, key = name.split("__")
        section = config
        for part in sections:
            section = section[part]
        section[key] = value
    return config


def check(directory: Path = Path("/nonexistent"), /, **changes: Any) -> dict[str, Any]:
    return check_configuration(changed(**changes), SCHEMA_FILE, directory)


def complaint(directory: Path = Path("/nonexistent"), /, **changes: Any) -> str:
    """Return what is said of settings that cannot be used."""
    with pytest.raises(ConfigurationError) as refused:
        check(directory, **changes)
    return str(refused.value)


# --- config.yaml and the schema --------------------------------------------------------------------------------------


def test_the_defaults_are_accepted_as_they_stand() -> None:
    assert check() == changed(comic__source="demo")


def test_config_and_schema_have_the_same_keys_in_the_same_order() -> None:
    assert [name for name, _ in leaves(CONFIG)] == [name for name, _ in leaves(SCHEMA, schema=True)]


def sections(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for part in schema["properties"].values():
        if "properties" in part:
            yield from sections(part)


def test_every_section_asks_for_all_its_keys_and_for_no_others() -> None:
    for section in sections(SCHEMA):
        assert section["type"] == "object"
        assert section["additionalProperties"] is False
        assert section["required"] == list(section["properties"])


@pytest.mark.parametrize(("name", "schema"), list(leaves(SCHEMA, schema=True)))
def test_every_key_is_described_and_bounded_in_the_schema(name: str, schema: Mapping[str, Any]) -> None:
    assert schema["description"]
    assert "\n" not in schema["description"]
    if schema.get("type") in ("integer", "number"):
        assert "minimum" in schema or "exclusiveMinimum" in schema
        assert name == "comic.demo.seed" or "maximum" in schema


SHARES_A_COMMENT = {
    "comic.web.last": "comic.web.first",
    "compare.hash_bits": "compare.edge_bits",
    "study.seed": "study.restarts",
    "study.most_k": "study.least_k",
}


def commented_keys() -> Iterator[tuple[str, bool]]:
    """Yield each key of config.yaml, or of its groups on one line, and whether a comment stands right above it."""
    lines = CONFIG_TEXT.splitlines()

    def walk(node: yaml.MappingNode, before: str) -> Iterator[tuple[str, bool]]:
        for key, value in node.value:
            name, line = before + key.value, key.start_mark.line
            if isinstance(value, yaml.MappingNode) and not value.flow_style:
                yield from walk(value, name + ".")
            else:
                yield name, lines[line - 1].strip().startswith("# ")

    yield from walk(yaml.compose(CONFIG_TEXT), "")


@pytest.mark.parametrize(("name", "has_comment"), list(commented_keys()))
def test_every_key_is_explained_above_it(name: str, has_comment: bool) -> None:
    assert has_comment != (name in SHARES_A_COMMENT)


def test_keys_that_share_a_comment_stand_together() -> None:
    names = [name for name, _ in commented_keys()]
    for name, above in SHARES_A_COMMENT.items():
        assert names[names.index(name) - 1] == above


def test_no_line_is_wider_than_the_rest_of_the_code() -> None:
    assert max(map(len, CONFIG_TEXT.splitlines())) <= 120


# --- What is said of wrong settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"match__threshold": 1.5},
            "match.threshold: holds 1.5; it may hold a number from 0 to 1 (how alike two panels must be to match)",
        ),
        (
            {"match__threshold": "high"},
            "match.threshold: holds 'high'; it may hold a number from 0 to 1 (how alike two panels must be to match)",
        ),
        (
            {"match__threshold": None},
            "match.threshold: holds null; it may hold a number from 0 to 1 (how alike two panels must be to match)",
        ),
        (
            {"match__threshold": True},
            "match.threshold: holds true; it may hold a number from 0 to 1 (how alike two panels must be to match)",
        ),
        (
            {"cluster__seed": 1.5},
            "cluster.seed: holds 1.5; it may hold a whole number from 0 to 4294967295 (seed of leiden and louvain)",
        ),
        (
            {"comic__web__timeout": 0},
            "comic.web.timeout: holds 0.0; it may hold a number above 0 and at most 3600 "
            "(seconds without a sign of the server)",
        ),
        (
            {"fingerprint__mirror": "perhaps"},
            "fingerprint.mirror: holds 'perhaps'; it may hold true or false "
            "(whether a panel may match another's mirror image)",
        ),
        (
            {"cluster__method": "leyden"},
            "cluster.method: holds 'leyden'; it may hold leiden or greedy_modularity or louvain or components or "
            "neighbour_sets",
        ),
        (
            {"comic__folder": 5},
            "comic.folder: holds 5; it may hold text or null "
            "(a directory, or a .cbz, .zip, .cbr, .cb7, .cbt, .pdf or .epub file)",
        ),
        (
            {"comic__demo__pages": 0.5},
            "comic.demo.pages: holds 0.5; it may hold a whole number from 10 to 5000 (pages of the drawn comic)",
        ),
        ({"match": None}, "match: holds null; it may hold a section with keys of its own"),
        ({"match__treshold": 0.5}, "match.treshold: there is no such setting; did you mean match.threshold?"),
        ({"comic__web__urls": "x"}, "comic.web.urls: there is no such setting; did you mean comic.web.url?"),
        (
            {"evaluation__xyz": 1},
            "evaluation.xyz: there is no such setting; the keys here are labels, ignore",
        ),
        (
            {"comic__demo": {"seed": 1, "parts": 0}},
            "comic.demo.pages: is missing; it may hold a whole number from 10 to 5000 (pages of the drawn comic)",
        ),
        (
            {"comic__page_pattern": "("},
            "comic.page_pattern: holds '(', no regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            {"comic__page_pattern": r"\d+"},
            r"comic.page_pattern: holds '\\d+'; it needs a group (?P<page>...) or (?P<date>...)",
        ),
        (
            {"match__by": "edges", "match__edge_bits": 1502},
            "match.edge_bits: holds 1502; with compare.edge_bits at 1500 it may hold a number from 1 to 1501 "
            "(pairs further apart are not kept; a higher compare.edge_bits keeps them)",
        ),
        (
            {"match__by": "either", "match__hash_bits": 20},
            "match.hash_bits: holds 20; with compare.hash_bits at 16 it may hold a number from 1 to 17 "
            "(pairs further apart are not kept; a higher compare.hash_bits keeps them)",
        ),
        (
            {"study__least_k": 9, "study__most_k": 8},
            "study.least_k: holds 9; it may hold a number from 1 to study.most_k (8)",
        ),
        (
            {"fingerprint__panels": "cut", "match__search": "plain"},
            "fingerprint.panels: holds cut; with match.search plain, or match.by other than dice, it may hold auto or "
            "whole (panels of pages are only compared where drawings are searched for)",
        ),
        (
            {"match__threshold": 0.3},
            "match.threshold: holds 0.3; with compare.ceiling at 0.6 it may hold a number from 0.4 to 1 "
            "(pairs less alike are not kept; a higher compare.ceiling keeps them)",
        ),
        (
            {"evaluation__labels": "gone.csv"},
            "evaluation.labels: holds 'gone.csv', which is no file (looked for in /nonexistent); it may hold null or "
            "the path of a CSV",
        ),
        (
            {"comic__source": "web", "comic__web__url": "https://c/{page}", "comic__web__last": 9},
            "comic.web.panels: holds null; it may hold a CSS selector, as img.panel",
        ),
        (
            {"comic__source": "web", "comic__web__panels": "img", "comic__web__last": 9},
            "comic.web.url: holds null; it may hold an http or https address with {page} in it",
        ),
        (
            {"comic__web__url": "https://c/{page}", "comic__web__panels": "img"},
            "comic.web.last: holds null; it may hold the number of the last page",
        ),
        (
            {"comic__source": "comic"},
            "comic.source: holds 'comic'; it may hold demo or folder or web or null",
        ),
        (
            {"comic__folder": "pages", "comic__web__url": "https://c/{page}"},
            "comic.source: holds null, with both comic.folder and comic.web.url set; it may hold folder or web",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_holds_and_may_hold(changes: dict[str, Any], message: str) -> None:
    assert complaint(**changes) == message


def test_every_wrong_setting_has_a_line() -> None:
    lines = complaint(match__threshold=2, cluster__seed=-1, gallery__colour="red").splitlines()
    assert sorted(line.split(":")[0] for line in lines) == ["cluster.seed", "gallery.colour", "match.threshold"]


@pytest.mark.parametrize("ceiling", [0.55, 0.7, 0.9])
def test_a_threshold_may_be_as_low_as_the_ceiling_says(ceiling: float) -> None:
    lowest = round(1 - ceiling, 2)
    assert check(match__threshold=lowest, compare__ceiling=ceiling)["match"]["threshold"] == lowest
    assert f"from {lowest} to 1 " in complaint(match__threshold=round(lowest - 0.01, 2), compare__ceiling=ceiling)


@pytest.mark.parametrize(
    "url",
    [
        *("http://c/", "ftp://c/{page}", "c/{page}", "{page}", "https://c/{", "https://c/{}", "https://c/{number}"),
        *("https://c/{page", "https://c/{page.real}", "https://c/{page!r}", "https://c/{page:>9}", "https://c /{page}"),
    ],
)
def test_an_address_without_a_page_is_refused(url: str) -> None:
    said = complaint(comic__source="web", comic__web__panels="img", comic__web__last=9, comic__web__url=url)
    assert said == f"comic.web.url: holds {url!r}; it may hold an http or https address with {{page}} in it"


@pytest.mark.parametrize("key", ["panels", "title"])
@pytest.mark.parametrize("selector", ["img[", "img:nothing", "> >", "#"])
def test_a_selector_that_is_none_is_refused(key: str, selector: str) -> None:
    web = {"comic__source": "web", "comic__web__panels": "img", "comic__web__url": "https://c/{page:04d}.html"}
    said = complaint(**(web | {f"comic__web__{key}": selector}))
    assert said.startswith(f"comic.web.{key}: holds {selector!r}; it may hold a CSS selector")


@pytest.mark.parametrize("name", ["", "Réprise", "a\nX-Header: 1", "Reprise\n", "a\0"])
def test_a_name_that_no_header_can_hold_is_refused(name: str) -> None:
    assert complaint(comic__web__user_agent=name).startswith(f"comic.web.user_agent: holds {name!r}; it may hold text")


def test_the_first_page_comes_before_the_last() -> None:
    web = {"comic__source": "web", "comic__web__panels": "img", "comic__web__url": "https://c/{page:04d}.html"}
    said = complaint(**web, comic__web__first=9, comic__web__last=8)
    assert said == "comic.web.first: holds 9; it may hold a number from 0 to comic.web.last (8)"
    assert check(**web, comic__web__first=9, comic__web__last=9)["comic"]["web"]["first"] == 9


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        (None, "holds null with comic.source at folder"),
        ("gone", "holds 'gone', which is not there"),
        (
            "notes.txt",
            "holds 'notes.txt', which is neither a folder nor a .cbz, .zip, .cbr, .cb7, .cbt, .pdf or .epub file",
        ),
        ("damaged.cbz", "holds 'damaged.cbz', which cannot be read: File is not a zip file"),
        ("empty", "holds 'empty', in which there is no image; "),
        ("empty.zip", "holds 'empty.zip', in which there is no image"),
        ("n" * 300, f"holds '{'n' * 300}', which"),
    ],
)
def test_a_folder_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, folder: str | None, message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.md").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "damaged.cbz").write_text("<html>")
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    said = complaint(tmp_path, comic__source="folder", comic__folder=folder)
    assert said.startswith(f"comic.folder: {message}")
    assert said.endswith(
        "; it may hold a directory, or a .cbz, .zip, .cbr, .cb7, .cbt, .pdf or .epub file, with images in it"
    )
    assert said.isprintable()


def test_a_folder_or_table_of_nearly_that_name_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "no_match.csv").write_text("file_a,file_b\n")
    said = complaint(tmp_path, comic__source="folder", comic__folder="pagse")
    assert said.endswith("; did you mean pages?")
    assert complaint(tmp_path, match__not_a_match="no_matches.csv").endswith("; did you mean no_match.csv?")


def test_a_folder_with_images_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.png").touch()
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        archive.writestr("1.png", b"")
    for folder in ("pages", "pages.zip", str(tmp_path / "pages")):
        assert check(tmp_path, comic__source="folder", comic__folder=folder)["comic"]["folder"] == folder


def test_a_folder_of_results_is_told_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "mine/.snakemake").mkdir(parents=True)
    (tmp_path / "mine/results/fingerprints").mkdir(parents=True)
    (tmp_path / "mine/results/index.csv").touch()
    said = complaint(tmp_path, comic__source="folder", comic__folder="mine")
    assert "there is no image, only results/, passed over: results of Reprise" in said


@pytest.mark.parametrize("folder", ["names", "names.zip"])
def test_a_folder_of_nothing_but_what_is_passed_over_is_told_with_the_reason(tmp_path: Path, folder: str) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "a\r1.png").touch()
    with zipfile.ZipFile(tmp_path / "names.zip", "w") as archive:
        archive.writestr("a\r1.png", b"")
    said = complaint(tmp_path, comic__source="folder", comic__folder=folder)
    assert said.startswith(f"comic.folder: holds '{folder}', in which there is no image, only a\\r1.png")
    assert ", passed over: the name has characters in it that are no text; it may" in said
    assert said.isprintable()


@pytest.mark.parametrize("name", ["match.not_a_match", "match.must_match", "evaluation.labels", "evaluation.ignore"])
@pytest.mark.parametrize("table", ["a{b}.csv", "a<b>/c.csv", "{.csv"])
def test_a_table_whose_name_would_be_a_pattern_is_refused(tmp_path: Path, name: str, table: str) -> None:
    (tmp_path / table).parent.mkdir(exist_ok=True)
    (tmp_path / table).write_text("file_a,file_b\n")
    assert complaint(tmp_path, **{name.replace(".", "__"): table}) == (
        f"{name}: holds {table!r}; Snakemake reads {{ }} < > in the name of a table as patterns: rename it"
    )


def test_labels_are_looked_for_below_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").touch()
    assert check(tmp_path, evaluation__labels="labels.csv")["evaluation"]["labels"] == "labels.csv"


def test_lists_of_pairs_are_checked_below_the_directory(tmp_path: Path) -> None:
    (tmp_path / "not.csv").write_text("file_a,file_b\na,b\nc,\n")
    (tmp_path / "must.csv").write_text("file_a,file_b\na,d\n")
    lists = {"match__not_a_match": "not.csv", "match__must_match": "must.csv"}
    assert check(tmp_path, **lists)["match"]["must_match"] == "must.csv"
    (tmp_path / "must.csv").write_text("file_a,file_b\nb,a\n")
    assert complaint(tmp_path, **lists) == (
        "match.must_match: 'must.csv' puts 'a' and 'b' together, perhaps through others, and match.not_a_match, "
        "'not.csv', keeps them apart; correct one of the two"
    )
    (tmp_path / "not.csv").write_text("file,other\n")
    assert complaint(tmp_path, **lists) == (
        "match.not_a_match: holds 'not.csv', which lacks the columns file_a and file_b; it may hold null or the path "
        "of a CSV whose first line is file_a,file_b"
    )
    assert complaint(tmp_path, match__not_a_match="gone.csv", match__must_match="must.csv") == (
        "match.not_a_match: holds 'gone.csv', which is no file (looked for in "
        f"{tmp_path}); it may hold null or the path of a CSV"
    )


def test_the_source_is_what_is_set(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    web = {"comic__web__url": "https://c/{page}", "comic__web__panels": "img", "comic__web__last": 2}
    for changes, source in (({}, "demo"), ({"comic__folder": "."}, "folder"), (web, "web")):
        assert check(tmp_path, **changes)["comic"]["source"] == source
    assert check(tmp_path, **web, comic__folder=".", comic__source="folder")["comic"]["source"] == "folder"
    assert check(tmp_path, comic__folder="gone", comic__source="demo")["comic"]["source"] == "demo"


def test_a_path_is_looked_for_beside_the_settings_too(tmp_path: Path) -> None:
    for folder in ("here/pages", "here/both", "mine/both", "mine/own"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.png").touch()
    (tmp_path / "mine/not.csv").write_text("file_a,file_b\n1.png,2.png\n")
    here, files = tmp_path / "here", [tmp_path / "mine/mine.yaml", tmp_path / "mine/more.yaml"]

    def found(**changes: Any) -> dict[str, Any]:
        return check_configuration(changed(**changes), SCHEMA_FILE, here, files)

    for folder, path in (("pages", "pages"), ("both", "both"), ("own", f"{tmp_path}/mine/own")):
        assert found(comic__folder=folder)["comic"]["folder"] == path
    assert found(match__not_a_match="not.csv")["match"]["not_a_match"] == f"{tmp_path}/mine/not.csv"
    with pytest.raises(ConfigurationError) as refused:
        found(comic__folder="gone", match__must_match="gone.csv")
    assert str(refused.value).count(f" (looked for in {here} and in {tmp_path}/mine); ") == 2


def test_a_tilde_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/1.png").touch()
    (tmp_path / "not.csv").write_text("file_a,file_b\n")
    settings = check(Path("/"), comic__folder="~/pages", match__not_a_match="~/not.csv")
    assert settings["comic"]["folder"] == f"{tmp_path}/pages"
    assert settings["match"]["not_a_match"] == f"{tmp_path}/not.csv"
    assert "holds '~nobody-of-that-name/pages', which is not there" in complaint(
        comic__folder="~nobody-of-that-name/pages"
    )


NAMES = sorted(name for name, _ in leaves(CONFIG))
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["a", 1]), st.floats(), max_size=2),
)


def check_told(name: str, value: object) -> None:
    """Check that a setting is accepted or refused in one line that names it."""
    try:
        check(**{name.replace(".", "__"): value})
    except ConfigurationError as refused:
        assert str(refused).isprintable()
        assert str(refused).startswith(f"{name}: holds ")


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.sampled_from(NAMES), ANYTHING)
def test_whatever_a_setting_holds_is_accepted_or_refused_in_one_line(name: str, value: object) -> None:
    names_a_site = name in ("comic.web.url", "comic.web.start", "comic.web.list", "comic.web.archive.url") and value
    if not names_a_site and (name, value) not in (("comic.source", "web"), ("comic.source", "folder")):
        check_told(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cluster.seed", 10**400),
        ("match.threshold", -(10**400)),
        ("cluster.seed", "1" * 5000),
        ("match.threshold", "2020-13-45"),
        ("cluster.seed", "0b_"),
        ("fingerprint.mirror", "!!python/none"),
        ("comic.page_pattern", "a{99999999999}"),
        ("comic.page_pattern", "(" * 5000),
        ("evaluation.labels", "n\0"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_nobody_means_is_refused_in_one_line(name: str, value: object) -> None:
    check_told(name, value)


# --- The one form that jobs get --------------------------------------------------------------------------------------


def shuffled(node: Any, order: random.Random) -> Any:
    """Return settings with the keys of every section in some order, and numbers written in some way."""
    if isinstance(node, Mapping):
        keys = order.sample(list(node), len(node))
        return {key: shuffled(node[key], order) for key in keys}
    if isinstance(node, int | float) and not isinstance(node, bool):
        ways = [node, float(node), str(node), str(float(node))]
        return order.choice([*ways, int(node)] if float(node).is_integer() else ways)
    return order.choice([node, str(node).lower()]) if isinstance(node, bool) else node


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_settings_have_one_form_however_they_were_written(order: random.Random) -> None:
    written = shuffled(CONFIG, order)
    assert repr(check_configuration(written, SCHEMA_FILE, Path("/nonexistent"))) == repr(check())


@pytest.mark.parametrize(
    ("schema", "held", "form"),
    [
        ({"type": "number"}, 50, 50.0),
        ({"type": "number"}, "50", 50.0),
        ({"type": "number"}, "0.5", 0.5),
        ({"type": "integer"}, 50.0, 50),
        ({"type": "integer"}, "50", 50),
        ({"type": "integer"}, 50.5, 50.5),
        ({"type": "integer"}, True, True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, 1, 1),
        ({"type": ["string", "null"]}, "007", "007"),
        ({"type": ["string", "null"]}, "null", "null"),
        ({"enum": ["first", "1"]}, "1", "1"),
        ({"type": "number"}, math.nan, "nan"),
        ({"type": "number"}, -math.inf, "-inf"),
        ({"type": "number"}, "x: [", "x: ["),
    ],
)
def test_a_value_has_the_form_its_type_says(schema: dict[str, Any], held: object, form: object) -> None:
    found = canonical(held, schema)
    assert (found, type(found)) == (form, type(form))


@pytest.mark.parametrize("value", [math.nan, math.inf, ".nan", ".inf"])
@pytest.mark.parametrize("name", [name for name, leaf in leaves(SCHEMA, schema=True) if leaf.get("type") == "number"])
def test_what_is_no_finite_number_is_refused(name: str, value: object) -> None:
    said = complaint(**{name.replace(".", "__"): value})
    assert said.startswith(f"{name}: holds ")
    assert "it may hold a number" in said


@pytest.mark.parametrize("key", ["comic.page_pattern", "comic.web.user_agent"])
def test_what_is_text_stays_text(key: str) -> None:
    name = key.replace(".", "__")
    value = "(?P<page>1e3)" if "pattern" in key else "1e3"
    found: Any = check(**{name: value})
    for part in key.split("."):
        found = found[part]
    assert found == value


def test_a_threshold_that_is_not_in_use_is_not_held_against_the_comparison() -> None:
    check(match__edge_bits=5000, match__hash_bits=32)
    check(match__by="edges", match__threshold=0.1, match__hash_bits=32)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("dice", "a score of 0.5 or more"),
        ("edges", "fewer than 1,100 of 10,000 edge pixels that differ"),
        (
            "scaled",
            "fewer than 1,100 of 10,000 edge pixels that differ, and fewer than 0.95 of the edge pixels of each",
        ),
        ("either", "fewer than 1,100 of 10,000 edge pixels that differ, or fewer than 10 of 64 bits of their hashes"),
    ],
)
def test_what_makes_a_match_is_said_in_words(by: str, words: str) -> None:
    assert match_rule(CONFIG["match"] | {"by": by}) == words
    assert match_rule(CONFIG["match"] | {"search": "plain"}) == "a Dice coefficient of 0.5 or more"


PRESETS = sorted((REPOSITORY / "workflow" / "presets").iterdir())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.stem)
def test_a_preset_lays_settings_that_can_be_used_over_the_others(preset: Path, tmp_path: Path) -> None:
    laid = {f"{section}__{key}": value for section, keys in load(preset).items() for key, value in keys.items()}
    if "comic__web" in laid:
        web = laid.pop("comic__web")
        laid |= {f"comic__web__{key}": value for key, value in web.items()}
        # What it leaves to the reader.
        start = {"comic__web__start": "https://comic.example/comic/first"}
        laid = (start if "url" not in web else {}) | laid
    if laid.get("comic__source") == "folder":
        (tmp_path / "00001.gif").touch()
        laid["comic__folder"] = str(tmp_path)
    settings = check(tmp_path, **laid)
    for name, value in laid.items():
        held: Any = settings
        for key in name.split("__"):
            held = held[key]
        assert held == value
    assert f"./run mine.yaml workflow/presets/{preset.name}" in preset.read_text(encoding="utf-8")


def load(path: Path) -> dict[str, dict[str, Any]]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_settings_are_not_changed_by_the_check() -> None:
    config = changed(match__threshold="0.6")
    before = deepcopy(config)
    assert check_configuration(config, SCHEMA_FILE, Path("/nonexistent"))["match"] == CONFIG["match"] | {
        "threshold": 0.6
    }
    assert config == before


def test_a_comment_for_every_key_means_every_line_is_read() -> None:
    """The walk above finds the keys by their lines; it would find nothing in a file of another form."""
    assert len(list(commented_keys())) > 20
    assert list(takewhile(lambda line: line.startswith("#"), CONFIG_TEXT.splitlines()))
