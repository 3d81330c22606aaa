"""What the words of `./run` mean."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.cli import parse_config

import command
from command import CommandError, ask_what_lacks, give_back_words, main, nested, parse, take_words


def understood(*words: str) -> Any:
    """Return what Snakemake is handed for some words."""
    _, args = parse(list(words))
    take_words([*args.targets, *give_back_words(args)], args)
    ask_what_lacks(args, ask=False)
    return args


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a comic, an archive and settings, in which the words are said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    (tmp_path / "study").mkdir()
    (tmp_path / "comic.cbz").touch()
    (tmp_path / "mine.yaml").write_text("match: {threshold: 0.6}\n")
    return tmp_path


@pytest.mark.parametrize("word", ["pages", "./pages", "comic.cbz", "~/pages", "./study", "study/../pages/"])
def test_a_folder_or_archive_is_the_comic(word: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    comic = parse_config(understood(word).config)["comic"]
    assert comic["source"] == "folder"
    assert comic["folder"] == str(here / Path(word).name)


@pytest.mark.parametrize("name", ["a {b}: #c", "it's", 'a "b"', "é, 日本", "a=b", "-", "12"])
def test_any_name_of_a_folder_reaches_snakemake_as_it_is(name: str, here: Path) -> None:
    (here / name).mkdir()
    assert parse_config(understood("./" + name).config)["comic"]["folder"] == str(here / name)


@pytest.mark.parametrize(
    ("words", "targets", "files"),
    [
        (["study"], ["study"], []),
        (["mine.yaml"], [], ["mine.yaml"]),
        (["mine.yaml", "study"], ["study"], ["mine.yaml"]),
        (["--configfile", "mine.yaml", "study"], ["study"], ["mine.yaml"]),
        (["--configfile", "mine.yaml", "--", "study"], ["study"], ["mine.yaml"]),
        (["results/pairs.csv", "--configfile", "mine.yaml", "all"], ["results/pairs.csv", "all"], ["mine.yaml"]),
        (["--config", "match.threshold=.4", "study"], ["study"], []),
        (["mine.yaml", "--directory", "there", "study"], ["study"], ["mine.yaml"]),
    ],
)
def test_steps_and_settings_are_told_apart(words: list[str], targets: list[str], files: list[str]) -> None:
    args = understood(*words)
    assert args.targets == targets
    assert [str(path) for path in args.configfile] == files


@pytest.mark.parametrize(
    ("entry", "settings"),
    [
        ("match.threshold=.4", {"match": {"threshold": ".4"}}),
        ("match={threshold: 0.45}", {"match": {"threshold": "0.45"}}),
        ("comic.web.panels=#comic img", {"comic": {"web": {"panels": "#comic img"}}}),
        ("comic.demo={pages: 40, seed: 2}", {"comic": {"demo": {"pages": "40", "seed": "2"}}}),
        ("comic.web.url=https://c/?a=b&p={page}", {"comic": {"web": {"url": "https://c/?a=b&p={page}"}}}),
    ],
)
def test_a_setting_may_be_named_with_dots(entry: str, settings: dict[str, Any]) -> None:
    assert parse_config([nested(entry)]) == settings


def test_settings_with_dots_add_up() -> None:
    entries = understood("--config", "match.threshold=.4", "match.by=dice", "comic.demo.pages=20").config
    assert parse_config(entries) == {
        "match": {"threshold": ".4", "by": "dice"},
        "comic": {"demo": {"pages": "20"}},
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["typo"], "typo: is no folder, archive or file of settings in {here}, and no step of Reprise"),
        (["comik.cbz"], "comik.cbz: there is no such folder or file (looked for in {here}); did you mean comic.cbz?"),
        (["--forcerum"], "unrecognized arguments: --forcerum; did you mean --forcerun?"),
        (["pagse"], "pagse: is no folder, archive or file of settings in {here}, and no step of Reprise; did you mean"),
        (["--directory", "x", "studdy"], "studdy: is no folder, archive or file of settings in {here}, and no step"),
        (["./typo"], "./typo: there is no such folder or file (looked for in {here})"),
        (["no.cbz"], "no.cbz: there is no such folder or file (looked for in {here})"),
        (["no.yaml"], "no.yaml: there is no such file (looked for in {here})"),
        (["--configfile", "no.yaml"], "no.yaml: there is no such file (looked for in {here})"),
        (["--configfile", "no", "study"], "no: is no folder, archive or file of settings in {here}"),
        (["list.yaml"], "list.yaml: cannot be read as settings"),
        (["broken.yaml"], "broken.yaml: cannot be read as settings"),
        (["pages", "comic.cbz"], "one run takes one comic"),
        (["pages", "--directory", "x", "study", "--wrong"], "unrecognized arguments: study --wrong; ./run --help"),
        (["--wrong"], "unrecognized arguments: --wrong; ./run --help"),
        (["--configfile"], "argument --configfile/--configfiles: expected at least one argument"),
        (
            ["https://c/{{page}}"],
            "https://c/{{page}} lacks panels and last; say it with, for example, --config 'comic.w",
        ),
    ],
)
def test_words_that_cannot_be_used_are_told_in_one_line(
    words: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "list.yaml").write_text("- a\n")
    (here / "broken.yaml").write_text("a: [\n")
    words = [word.replace("{{", "{").replace("}}", "}") for word in words]
    assert main(words) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("run: " + said.format(here=here))
    assert shown.err.count("\n") == 1


def test_what_a_web_comic_was_told_is_not_asked(here: Path) -> None:
    (here / "web.yaml").write_text("comic: {web: {panels: img, last: 9}}\n")
    args = understood("web.yaml", "https://c/{page}")
    assert parse_config(args.config)["comic"] == {"source": "web", "web": {"url": "https://c/{page}"}}
    with pytest.raises(CommandError, match="lacks last"):
        understood("https://c/{page}", "--config", "comic.web.panels=img")
    (here / "other.yaml").write_text(yaml.safe_dump({"comic": {"source": "demo", "web": {"url": "https://c/{page}"}}}))
    understood("other.yaml")  # which asks for another comic


def test_help_is_a_screen_and_starts_nothing(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert not (here / ".snakemake").exists()


def test_every_option_in_the_help_is_one() -> None:
    options = [line.split("  ")[1].split() for line in command.HELP.splitlines() if line.startswith("  -")]
    assert len(options) == 7
    parse([word for option in options for word in option])
