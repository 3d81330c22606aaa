"""`./run`: takes the words of a reader, has Snakemake do what they say, and shows how it goes.

What the words mean is found here, and is handed to Snakemake as options of its own. All other words are Snakemake's.
"""

import io
import json
import os
import re
import shlex
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while Snakemake is imported ends all, with no traceback

import yaml
from snakemake.cli import args_to_api, get_argument_parser, parse_args
from snakemake.common.configfile import load_configfile
from snakemake.exceptions import CliException
from snakemake_interface_common.exceptions import InvalidPluginException, WorkflowError
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

import display
from configuration import ADDRESS, PAGE_ADDRESS, ConfigurationError, beside, check_configuration, did_you_mean
from ending import ending, from_here, line
from reprise.names import ARCHIVE_SUFFIXES, OF_IMAGE
from results import AnotherComicError, check_comic, identify

REPOSITORY = Path(__file__).resolve().parents[1]
SETTINGS_SUFFIXES = (".yaml", ".yml", ".json")

HELP = """\
./run                  a comic that Reprise draws itself, to see what it does
./run COMIC            yours: a folder, or a .cbz, .cbr, .pdf or .epub
./run 'https://comic.example/{page}'
                       one on the web; {page} is where a page's number stands
./run mine.yaml        with settings of yours; config.yaml explains them all
./run check mine.yaml  read three pages on the web, say what a run would take
./run find picture.png tell where in the comic of results/ a picture is
./run ... study        and the methods of the essay beside Reprise's own
./run test             all checks and tests of Reprise itself

Options come after these words:

  --config match.threshold=.4   set one or more settings
  --directory DIR               put results/ there: each comic needs its own
  --report report.zip           pack the gallery, plots and tables of a run
  -n                            only say what would be run, and why
  --forcerun download_pages     try pages again that failed; or another step
  --cores 4                     use so many cores, not all
  --verbose                     show all that Snakemake tells, not bars

Snakemake does the work, and all its other options and targets can be used too;
.venv/bin/snakemake --help lists them.
"""

# What must be known of a comic on the web beside its address, with the question and an example of an answer.
WEB_NEEDS = {
    "panels": ("Which images on a page are its panels? A CSS selector, as img.panel or #comic img: ", "#comic img"),
    "last": ("What number has the last page? ", "400"),
}


HELP_TELLS = "./run --help shows what there is"


class CommandError(Exception):
    """The words cannot be used; the message says why, in one sentence, and what could be."""


def parse(words: list[str]) -> tuple[Any, Any]:
    """Return Snakemake's parser and what it makes of the words.

    Raises:
        CommandError: it does not know one of them.
    """
    words = ["--snakefile", str(REPOSITORY / "Snakefile"), *words]
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            return parse_args(words)
    except SystemExit:
        why = said.getvalue().strip().rpartition("error: ")[2]
    # Python's parser takes words that belong to no option only where they stand together.
    _, left = get_argument_parser().parse_known_args(words) if why.startswith("unrecognized") else (None, [])
    if not left or any(word.startswith("-") for word in left):
        known = get_argument_parser()._option_string_actions
        near = next(filter(None, (did_you_mean(word, known) for word in left if word.startswith("-"))), "")
        raise CommandError(f"{why}; {near or HELP_TELLS}")
    parser, args = parse([word for word in words[2:] if word not in left])
    args.targets = [*args.targets, *left]
    return parser, args


def nested(entry: str) -> str:
    """Return a setting that names its sections with dots in the form that Snakemake takes.

    >>> nested("match.threshold=.4")
    'match={"threshold": ".4"}'
    """
    name, equals, value = entry.partition("=")
    section, *keys = name.split(".")
    if not equals or not keys:
        return entry
    text = value if value.startswith(("{", "[")) else json.dumps(value, ensure_ascii=False)
    for key in reversed(keys):
        text = f"{{{json.dumps(key)}: {text}}}"
    return f"{section}={text}"


def setting(**comic: Any) -> str:
    """Return settings of the comic in the form that Snakemake takes on its command line."""
    return f"comic={json.dumps(comic, ensure_ascii=False)}"


def give_back_words(args: Any) -> list[str]:
    """Some options take all words that follow. Take those away that cannot be theirs, and return them.

    In `--configfile mine.yaml study` Snakemake takes both words for files with settings, and in `--config a.b=1 study`
    both for settings.
    """
    taken = [str(path) for path in args.configfile if path.suffix not in SETTINGS_SUFFIXES and not path.is_file()]
    args.configfile = [path for path in args.configfile if str(path) not in taken]
    taken += [entry for entry in args.config or [] if "=" not in entry]
    args.config = [nested(entry) for entry in args.config or [] if "=" in entry]
    return taken


def take_words(words: Iterable[str], args: Any) -> None:
    """Find for each word that belongs to no option what it means, and put it where Snakemake looks for it.

    Raises:
        CommandError: there is nothing of that name.
    """
    rules = {"all", *display.rules_of_stages(REPOSITORY / "workflow")}
    targets, comics = [], []
    for word in words:
        path = Path(word).expanduser()
        if word in rules or path.parts[:1] == ("results",):
            targets.append(word)
        elif re.match(r"\w+://", word):
            # Without a place for a number it is the first page, from which links are followed.
            comics.append(setting(source="web", web={"url" if "{page" in word else "start": word}))
        elif path.suffix in SETTINGS_SUFFIXES:
            args.configfile.append(path)
        elif path.exists():
            comics.append(setting(source="folder", folder=os.path.normpath(Path.cwd() / path)))
        elif path.suffix in ARCHIVE_SUFFIXES or "/" in word:
            near = did_you_mean(path.name, beside(path))
            lost = f"{word}: there is no such folder or file (looked for in {Path.cwd() / path.parent})"
            raise CommandError(f"{lost}; {near}" if near else lost)
        else:
            near = did_you_mean(word, [*beside(path), *sorted(rules), "check"])
            raise CommandError(
                f"{word}: is no folder, archive or file of settings in {Path.cwd()}, and no step of Reprise; "
                f"{near or HELP_TELLS}"
            )
    if len(comics) > 1:
        raise CommandError("one run takes one comic; give each its own, with --directory DIR for its results")
    args.targets = targets
    args.config += comics


# Settings that hold selectors. A # that begins a comment of its own words has a space behind it.
CUT_OFF = re.compile(r"^\s*(panels|script|next|title|links):[ \t]+(#[\w-].*)$", re.MULTILINE)


def refuse_comments(path: Path) -> None:
    """Say so where a selector that begins with # was written without quotes, and so is a comment, and no value.

    Raises:
        CommandError: it was.
    """
    cut = CUT_OFF.search(path.read_text(encoding="utf-8", errors="replace"))
    if cut:
        key = "archive.links" if cut[1] == "links" else cut[1]
        example = f"{cut[1]}: '{cut[2].strip()}'"
        raise CommandError(f"comic.web.{key} is empty: a # begins a comment, so write it in quotes, as {example}")


def read_settings(args: Any) -> dict[str, Any]:
    """Return what the reader sets of a comic, by files and words, as far as it is of the right kind.

    Raises:
        CommandError: a file is not there, or holds no settings.
    """
    given: list[Mapping[str, Any]] = []
    for path in args.configfile:
        try:
            given.append(load_configfile(path))
            refuse_comments(path)
        except FileNotFoundError:
            raise CommandError(f"{path}: there is no such file (looked for in {Path.cwd() / path.parent})") from None
        except (OSError, ValueError, WorkflowError) as error:
            raise CommandError(f"{path}: cannot be read as settings: {' '.join(str(error).split())}") from None
    for entry in args.config:
        name, _, value = entry.partition("=")
        if name == "comic":
            given.append({name: yaml.safe_load(value)})
    comic: dict[str, Any] = {}
    for settings in given:
        section = settings.get("comic")
        if isinstance(section, Mapping):
            web = section.get("web")
            comic |= {**section, "web": comic.get("web", {}) | dict(web if isinstance(web, Mapping) else {})}
    return comic


def ask_what_lacks(args: Any, ask: bool) -> None:
    """Ask the reader what a comic on the web needs and was not told.

    Args:
        args: Snakemake's, to which the answers are added.
        ask: whether there is a reader, at a terminal.

    Raises:
        CommandError: there is none, or no answer.
    """
    comic = read_settings(args)
    web = comic.get("web", {})
    named = web.get("url") or web.get("start")
    if comic.get("source", "web") != "web" or not named:
        return
    lacking = [key for key in WEB_NEEDS if web.get(key) is None and (key == "panels" or web.get("url"))]
    if not lacking or OF_IMAGE.search(str(named)):
        return
    if not (PAGE_ADDRESS if web.get("url") else ADDRESS).fullmatch(str(named)):
        return
    if not ask:
        way = " ".join(shlex.quote(f"comic.web.{key}={WEB_NEEDS[key][1]}") for key in lacking)
        raise CommandError(f"{named} lacks {' and '.join(lacking)}; say it with, for example, --config {way}")
    answers: dict[str, str] = {}
    for key in lacking:
        choices = settings_to_choose(args) if key == "panels" else []
        print(("A number of these, or another. " if choices else "") + WEB_NEEDS[key][0], end="", file=sys.stderr)
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if not answer:
            raise CommandError(f"comic.web.{key} is needed; nothing was run")
        is_choice = answer.isdecimal() and 0 < int(answer) <= len(choices)
        answers |= choices[int(answer) - 1] if is_choice else {key: answer}
    args.config.append(setting(web=answers))
    told = {key: int(value) if value.isdecimal() else value for key, value in answers.items()}
    kept = yaml.safe_dump({"comic": {"web": web | told}}, sort_keys=False, allow_unicode=True)
    print(f"To be asked no more, keep this as mine.yaml and run ./run mine.yaml:\n\n{kept}", file=sys.stderr)


def all_settings(args: Any) -> dict[str, Any]:
    """Return the settings of `config.yaml`, with those of the comic as the reader sets them."""
    config = load_configfile(REPOSITORY / "config.yaml")
    comic = read_settings(args)
    config["comic"] |= comic | {"web": deep_update(config["comic"]["web"], comic.get("web", {}))}
    return config


def checked_comic(config: dict[str, Any], args: Any) -> dict[str, Any]:
    """Return the settings of the comic, checked.

    Raises:
        CommandError: they cannot be used.
    """
    schema = REPOSITORY / "workflow/schemas/config.schema.yaml"
    directory = Path(args.directory or ".").absolute()
    try:
        return check_configuration(config, schema, directory, [Path(path) for path in args.configfile])["comic"]
    except ConfigurationError as error:
        raise CommandError(str(error)) from None


def check(args: Any) -> bool:
    """Read three pages of the comic on the web that is asked for, and print what a run would take from them.

    Returns whether any of them has a panel.

    Raises:
        CommandError: it is none, or its settings cannot be used.
    """
    from check import Findings, check_site  # a run reads no page by itself

    found = Findings()
    for told in check_site(settings_to_check(args), found):
        print(told)
    return found.has_panels


def settings_to_choose(args: Any) -> list[dict[str, str]]:
    """Print what the first pages of a comic on the web have, and return the settings that find their images."""
    from check import Findings, check_site

    found = Findings()
    for told in check_site(settings_to_check(args), found):
        print(told, file=sys.stderr)
    return [one.settings for one in found.proposals]


def settings_to_check(args: Any) -> Mapping[str, Any]:
    """Return the settings of the comic on the web of which the first pages are to be read.

    Raises:
        CommandError: it is none, or its settings cannot be used.
    """
    from check import NO_ELEMENT, PAGES

    config = all_settings(args)
    web = config["comic"]["web"]
    # A reader may not know the selector yet. Without one, all images of a page are told of, with their selectors.
    web |= {"panels": web["panels"] or NO_ELEMENT, "last": web["last"] or web["first"] + PAGES - 1}
    found = checked_comic(config, args)
    if found["source"] != "web":
        raise CommandError("check reads pages of a comic on the web; name one, as ./run check mine.yaml")
    return dict(found["web"])


def find(said: list[str], args: Any) -> None:
    """Find the picture that stands after the word `find` in the comic of `results/`, and print where it is.

    Raises:
        CommandError: it, or the results, cannot be used.
    """
    from find import FindError, find_picture  # a run looks for no picture

    place = said.index("find")
    words, pictures = said[:place], said[place + 1 : place + 2]
    take_words([*words, *said[place + 2 :]], args)
    if not pictures or args.targets:
        raise CommandError("find takes one picture, as ./run find picture.png")
    directory = Path(args.directory or ".")
    try:
        if read_settings(args):
            check_comic(directory / "results", identify(checked_comic(all_settings(args), args), directory.absolute()))
        for told in find_picture(Path(pictures[0]).expanduser(), directory / "results"):
            print(told)
    except (AnotherComicError, FindError) as error:
        raise CommandError(str(error)) from None


def deep_update(settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings over others, section by section."""
    laid = dict(settings)
    for key, value in given.items():
        both = isinstance(laid.get(key), Mapping) and isinstance(value, Mapping)
        laid[key] = deep_update(laid[key], value) if both else value
    return laid


def show(args: Any) -> bool:
    """Have `display` show how the run goes, unless Snakemake was asked to show it itself; return whether it does."""
    if args.verbose or args.quiet or args.debug_dag or args.logger:
        return False
    args.logger = [display.NAME]
    return True


def note_interrupt(*_: Any) -> None:
    """Take in that the reader pressed Ctrl-C, and stop as Python does."""
    if display.LogHandler.shown:
        display.LogHandler.shown.interrupted = True
    raise KeyboardInterrupt


def last_words(shown: display.LogHandler, args: Any, started_in: Path) -> Iterator[str]:
    """Give what stands at the end of a run that went well."""
    if args.dryrun:
        yield from shown.plan()
        return
    if not shown.has_run:
        yield from shown.asides
        return
    if shown.dag is None:
        yield "Nothing had to be done: all is as your files and settings ask for."
    yield ""
    directory = Path(os.path.normpath(started_in / (args.directory or "")))
    yield ending(directory, started_in, shown.asked_for(args.targets)).rstrip("\n")
    if shown.log:
        yield line("Log", from_here(shown.log, started_in))


def main(words: list[str]) -> int:
    """Do what the words say, and return the exit status."""
    if "--help" in words or "-h" in words:
        print(HELP, end="")
        return 0
    started_in, stopped = Path.cwd(), False
    LoggerPluginRegistry().register_plugin(f"snakemake_logger_plugin_{display.NAME}", display)
    if signal.getsignal(signal.SIGINT) in (signal.default_int_handler, signal.SIG_DFL):
        signal.signal(signal.SIGINT, note_interrupt)
    try:
        parser, args = parse(words)
        shows = False
        if Path(args.snakefile).resolve() == REPOSITORY / "Snakefile":
            said = [*args.targets, *give_back_words(args)]
            if "find" in said:
                find(said, args)
                return 0
            take_words([word for word in said if word != "check"], args)
            if "check" in said:
                return 0 if check(args) else 1
            ask_what_lacks(args, ask=sys.stdin.isatty() and sys.stderr.isatty())
            shows = show(args)
        went_well = args_to_api(args, parser)
    except (CommandError, CliException, InvalidPluginException) as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        went_well, stopped = False, True
    shown = display.LogHandler.shown
    if stopped or (shown and shown.interrupted):
        print("run: stopped; what was finished is kept, and the same command goes on from there", file=sys.stderr)
        return 128 + signal.SIGINT
    if shown and shows and went_well:
        print(*last_words(shown, args, started_in), sep="\n", file=sys.stderr)
    return 0 if went_well else 1


if __name__ == "__main__":
    sys.argv[0] = "snakemake"  # the name by which it calls itself
    sys.exit(main(sys.argv[1:]))
