"""Folders and archives: which files are panels, in which order, and what their bytes are."""

import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import cbz
from hostile import lying_entries, stored, zip_of
from pictures import drawing, encoded
from reprise import entries
from reprise.containers import is_archive
from reprise.entries import (
    ARCHIVE_WITHIN,
    DOUBLED,
    HIDDEN,
    LINK_WITHIN,
    LONG,
    LONGEST_NAME,
    NO_PANEL,
    NO_TEXT,
    OUTSIDE,
    OVERLAPPING,
    RESULTS,
    WALKED,
    Found,
    result_folders,
)
from reprise.names import UNFINISHED
from reprise.source import find_files, find_images, list_images, natural_order, open_source, places_of

SCRIPTS = Path(__file__).parents[1] / "scripts"

AWKWARD = ["a b.png", 'it\'s "quoted".gif', "ノート 🎨.webp", "-rf.jpg", "100%.bmp", "a,b;c.png", "Über/straße 2.AVIF"]


def fill(folder: Path, *files: str) -> Path:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.encode(errors="surrogateescape"))
    return folder


def archive(path: Path, *files: str) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for file in files:
            opened.writestr(file, file.encode())
    return path


@contextmanager
def as_a_user_without_rights() -> Iterator[None]:
    """Be someone whom file permissions bind; root is not."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)


def test_images_are_listed_in_depth_and_in_natural_order(tmp_path: Path) -> None:
    files = ["2.png", "10.png", "1/9.gif", "1/10.gif", "1/deep/er/3.JPG", "b.tiff", "A.apng"]
    fill(tmp_path, *files, "notes.txt", "cover.psd", "png", "page.png.part")
    assert list_images(tmp_path) == ["1/9.gif", "1/10.gif", "1/deep/er/3.JPG", "2.png", "10.png", "A.apng", "b.tiff"]


def test_hidden_files_are_no_panels(tmp_path: Path) -> None:
    files = ["1.png", ".2.png", ".thumbnails/3.png", "a/.4.png", "__MACOSX/a/._1.png", "__MACOSX/5.png"]
    assert list_images(fill(tmp_path / "folder", *files)) == ["1.png"]
    assert list_images(archive(tmp_path / "a.zip", *files)) == ["1.png"]


def test_a_hidden_folder_can_be_the_source_itself(tmp_path: Path) -> None:
    assert list_images(fill(tmp_path / ".comic", "1.png")) == ["1.png"]


def test_an_archive_is_read_as_the_folder_it_was_made_of(tmp_path: Path) -> None:
    folder = fill(tmp_path / "folder", *AWKWARD)
    packed = archive(tmp_path / "comic.CBZ", *reversed(AWKWARD), "folder/")
    names = list_images(folder)
    assert sorted(names) == sorted(AWKWARD)
    assert list_images(packed) == names
    with open_source(folder) as one, open_source(packed) as other:
        assert [one.read(name) for name in names] == [other.read(name) for name in names]
        assert [one.path(name) for name in names] == [folder / name for name in names]
        assert other.path(names[0]) is None


def test_a_folder_may_be_called_like_an_archive(tmp_path: Path) -> None:
    folder = fill(tmp_path / "comic.zip", "1.png")
    assert not is_archive(folder)
    assert list_images(folder) == ["1.png"]
    with open_source(folder) as source:
        assert source.read("1.png") == b"1.png"


def test_a_panel_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with open_source(tmp_path) as source, pytest.raises(FileNotFoundError):
        source.read("1.png")
    with open_source(archive(tmp_path / "a.zip", "2.png")) as source, pytest.raises(KeyError):
        source.read("1.png")


@pytest.mark.parametrize("size", [9, 10])
def test_a_file_larger_than_any_panel_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(entries, "LARGEST_FILE", 9)
    name = "1.png".rjust(size, "_")
    for place in (fill(tmp_path / "folder", name), archive(tmp_path / "a.zip", name)):
        with open_source(place) as source:
            if size > 9:
                with pytest.raises(ValueError, match="more than the 0 MB a panel may have"):
                    source.read(name)
            else:
                assert source.read(name) == name.encode()


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_images(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        list_images(tmp_path / "nowhere.zip")


def test_a_closed_folder_within_is_not_passed_over_in_silence(tmp_path_factory: pytest.TempPathFactory) -> None:
    closed = fill(tmp_path_factory.mktemp("open"), "1.png", "closed/2.png") / "closed"
    places = [closed.parent, *closed.parent.parents[:-2]]
    modes = {place: place.stat().st_mode for place in places}
    try:
        for place in places:
            place.chmod(0o755)
        closed.chmod(0)
        with as_a_user_without_rights(), pytest.raises(PermissionError, match="closed"):
            list_images(closed.parent)
    finally:
        closed.chmod(0o700)
        for place, mode in modes.items():
            place.chmod(mode)


def test_what_is_no_archive_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.cbz").write_text("<html>")
    with pytest.raises(zipfile.BadZipFile):
        list_images(tmp_path / "a.cbz")


@given(st.lists(st.text(st.sampled_from("0123456789aAbßé_ .²٣"), max_size=12), unique=True), st.randoms())
def test_natural_order_is_one_order(names: list[str], random: Random) -> None:
    in_order = sorted(names, key=natural_order)
    random.shuffle(names)
    assert sorted(names, key=natural_order) == in_order
    assert natural_order("page 01") != natural_order("page 1") != natural_order("Page 1")


@given(st.integers(0, 10**30), st.integers(0, 10**30), st.integers(0, 9), st.sampled_from(["", "page ", "a/"]))
def test_numbers_are_in_order_of_their_size(one: int, other: int, width: int, before: str) -> None:
    names = [f"{before}{one:0{width}}.png", f"{before}{other}.png"]
    assert one == other or (natural_order(names[0]) < natural_order(names[1])) == (one < other)


def test_a_number_of_any_length_is_in_order(tmp_path: Path) -> None:
    long = "1" * 5000 + ".png"
    assert list_images(archive(tmp_path / "a.zip", long, "2.png")) == ["2.png", long]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a\r1.png", r"a\r1.png"),
        ("a\n1.png", r"a\n1.png"),
        ("b\t/1.png", r"b\t/1.png"),
        ("a\x1b[2J1.png", r"a\x1b[2J1.png"),
        (os.fsdecode(b"caf\xe9 1.png"), r"caf\udce9 1.png"),
    ],
)
def test_a_name_that_no_table_can_hold_refuses_its_file_alone(tmp_path: Path, name: str, told: str) -> None:
    """A carriage return would end a row of a table, and what follows it would be read as a row of its own."""
    expected = Found({"2.png"}, [(told, NO_TEXT)])
    assert find_images(fill(tmp_path / "folder", name, "2.png")) == expected
    if name.isascii():  # archives have text alone for names
        assert find_images(archive(tmp_path / "a.zip", name, "2.png")) == expected
    assert told.isprintable()


def test_what_reprise_wrote_is_no_panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder may be worked through from within."""
    for name in ("1.png", "results/gallery/thumbnails/1_1.jpg", "chapter/results/2.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert list_images(".") == list_images(tmp_path) == ["1.png", "chapter/results/2.png"]
    assert find_images(".").passed_over == []  # no word of what the reader knows to be there


@pytest.mark.parametrize("mark", [["reprise.json"], ["index.csv", "fingerprints/0000.npz"]])
def test_results_of_another_run_are_no_panels_wherever_they_lie(tmp_path: Path, mark: list[str]) -> None:
    files = [f"a/old/{name}" for name in [*mark, "gallery/thumbnails/1_1.jpg", "clusters/1/1_1.png"]]
    comic = ["1.png", "a/2.png", "a/clusters/3.png", "index.csv", "b/index.csv", "c/fingerprints/4.png"]
    expected = Found({name for name in comic if name.endswith("png")}, [("a/old/", RESULTS)])
    folder = fill(tmp_path / "comic", *files, *comic)
    assert find_images(folder) == expected
    assert find_images(archive(tmp_path / "comic.zip", *files, *comic)) == expected
    assert find_images(folder / "a/old") == Found(set(), [("./", RESULTS)])
    assert find_images(folder / "a/old/clusters").images == {"1/1_1.png"}  # which the reader asks for


@given(st.sets(st.lists(st.sampled_from(["a", "b"]), max_size=5).map("/".join)), st.data())
def test_results_in_an_archive_are_those_that_a_walk_of_its_folders_finds(
    folders: set[str], data: st.DataObject
) -> None:
    """The outermost of them; what is below is not told of again."""
    marks = ["1.png", "reprise.json", "index.csv", "fingerprints", "fingerprints/0000.npz"]
    files = [data.draw(st.lists(st.sampled_from(marks), min_size=1)) for _ in folders]
    names = {f"{folder}/{file}".lstrip("/") for folder, held in zip(folders, files, strict=True) for file in held}

    def walk(within: str) -> dict[str, set[str]]:
        below = {name for name in names if name.startswith(within)}
        held = {name[len(within) :].partition("/")[0] for name in below}
        # A folder of that name alone, with no file of results beside it, is any folder.
        if {"reprise.json"} <= held or {"index.csv", "fingerprints"} <= held:
            return {within.removesuffix("/"): below}
        subfolders = {name for name in held if any(other.startswith(f"{within}{name}/") for other in below)}
        return {folder: found for name in subfolders for folder, found in walk(f"{within}{name}/").items()}

    assert result_folders(names) == walk("")


# Lists what an archive holds.
LIST = "import sys; sys.path.append(sys.argv[1]); from reprise.source import find_images; find_images(sys.argv[2])"


def test_names_that_are_in_thousands_of_folders_cost_no_more_than_their_length(tmp_path: Path) -> None:
    deep = "a/" * (LONGEST_NAME // 2 - 9)
    (tmp_path / "a.zip").write_bytes(zip_of(stored(f"{deep}{number}.png", b"") for number in range(500)))
    bound = lambda: resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS // 6, MOST_SECONDS // 6))  # noqa: E731
    command = [sys.executable, "-c", LIST, str(SCRIPTS), str(tmp_path / "a.zip")]
    assert subprocess.run(command, preexec_fn=bound).returncode == 0


def test_what_is_passed_over_in_a_folder_is_listed(tmp_path: Path) -> None:
    folder = fill(tmp_path / "folder", "1.png", ".2.png", ".git/3.png", "a/__MACOSX/._1.png", ".notes.txt", "._1.png")
    hidden = [("._1.png", HIDDEN), (".2.png", HIDDEN), (".git/", HIDDEN), ("a/__MACOSX/", HIDDEN)]
    assert find_images(folder) == Found({"1.png"}, sorted(hidden))


def test_a_folder_whose_title_begins_with_dots_is_no_hidden_one(tmp_path: Path) -> None:
    files = [".hack/1.png", "...And Then/2.png", "...4.png", "./5.png"]
    assert find_images(fill(tmp_path / "folder", *files)).images == {*files[:3], "5.png"}
    assert find_images(archive(tmp_path / "a.zip", *files)) == Found({*files[:3], "5.png"}, [])


def test_linked_folders_are_followed_each_once_and_none_in_a_circle(tmp_path: Path) -> None:
    folder = fill(tmp_path / "folder", "1.png", "real/2.png")
    fill(tmp_path / "elsewhere", "4.png", "deep/5.png")
    (tmp_path / "elsewhere/deep/back").symlink_to(folder)
    links: dict[str, str | Path] = {
        "a link": tmp_path / "elsewhere",
        "b": tmp_path / "elsewhere/deep",
        "c": "real",
        "loop": ".",
        "up": "..",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (folder / "6.png").symlink_to(tmp_path / "elsewhere/4.png")
    (folder / "7.png").symlink_to("nowhere.png")
    (folder / "8").symlink_to("nowhere")
    found = find_images(folder)
    assert found.images == {"1.png", "real/2.png", "a link/4.png", "a link/deep/5.png", "6.png", "7.png"}
    assert found.passed_over == [(name, WALKED) for name in ("a link/deep/back/", "b/", "c/", "loop/", "up/")]
    with open_source(folder) as source:
        assert source.read("a link/deep/5.png") == b"deep/5.png"


PNG, JPEG = encoded("PNG", drawing(1)), encoded("JPEG", drawing(1))
SOME = {
    "2": JPEG,
    "3.jpg_large": JPEG,
    "4.png?width=650": PNG,
    "6.JPEG~": JPEG,
    "7.gif!d": encoded("GIF", drawing(1)),
    "8.php": PNG,
    "9.image": encoded("WEBP", drawing(1)),
    "10.dat": encoded("AVIF", drawing(1)),
    "11.bin": encoded("BMP", drawing(1)),
    "12.000": encoded("TIFF", drawing(1)),
    "13.clip": b"\0\0\0\x18ftypmp42" + bytes(99),
    "14": b"\x1a\x45\xdf\xa3" + bytes(99),
}
FOREIGN = {
    "20.jxl": (b"\xff\x0a" + bytes(99), "a JPEG XL picture"),
    "21.heic": (b"\0\0\0\x18ftypheic" + bytes(99), "a HEIC picture"),
    "22": (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99), "a JPEG 2000 picture"),
    "23.svg": (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="9"/>', "an SVG drawing"),
    "24.flv": (b"FLV\x01" + bytes(99), "a video of a kind"),
    "26.swf": (b"CWS\x08" + bytes(99), "a Flash animation"),
    "27.psd": (b"8BPS" + bytes(99), "a Photoshop document"),
}
SILENT = {
    "30.txt": b"text",
    "31.DS_Store": b"\0\0\0\1Bud1",
    "Thumbs.db": PNG,
    "ComicInfo.xml": b"<ComicInfo/>",
    "32": b"text",
    "33": b"",
}


@pytest.mark.parametrize("packed", [False, True])
def test_panels_are_known_by_their_first_bytes_and_what_is_not_read_is_said(tmp_path: Path, packed: bool) -> None:
    contents = {**SOME, **{name: content for name, (content, _) in FOREIGN.items()}, **SILENT, "40.png.part": PNG}
    source = tmp_path / "comic"
    if packed:
        cbz(source, contents)  # which has no suffix either
    else:
        source.mkdir()
        for name, content in contents.items():
            (source / name).write_bytes(content)
        os.mkfifo(source / "pipe")
    said = [(name, f"{what}, which is not read") for name, (_, what) in FOREIGN.items()]
    assert find_images(source) == Found(set(SOME), [*said, ("40.png.part", UNFINISHED)])
    with open_source(source) as opened:
        assert opened.read("3.jpg_large") == JPEG


def test_files_whose_suffix_tells_are_not_opened(tmp_path: Path) -> None:
    folder = fill(tmp_path, "1.png", "2.JPG", "3.txt", "4.cbz", "5.pdf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reprise.source.head_of", lambda path: pytest.fail(f"{path} was opened"))
        assert find_files(folder) == Found({"1.png", "2.JPG"}, [], frozenset({"4.cbz", "5.pdf"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_passed_over_in_an_archive_is_listed(tmp_path: Path) -> None:
    names = [
        "1.png",
        "../2.png",
        "a/../../3.png",
        ".4.png",
        "__MACOSX/._1.png",
        "./5.png",
        "6.png",
        "6.png",
        "../x.txt",
    ]
    hidden = [(".4.png", HIDDEN), ("__MACOSX/._1.png", HIDDEN)]
    outside = [("../2.png", OUTSIDE), ("a/../../3.png", OUTSIDE)]
    expected = sorted([*hidden, *outside, ("6.png", DOUBLED)])
    assert find_images(archive(tmp_path / "a.zip", *names)) == Found({"1.png", "5.png", "6.png"}, expected)


# Reads all panels of an archive, and tells of each what came of it and the most memory taken until then, in kB.
READ = """
import re, resource, sys
sys.path.append(sys.argv[1])
import fingerprint
from reprise.source import list_images, open_source
names = list_images(sys.argv[2])
with open_source(sys.argv[2]) as source:
    for name in names:
        panel = fingerprint.read_file(source, name, "distinct", "area")
        taken = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
        print(name, panel.status, panel.detail.replace(chr(10), " "), taken, sep="\\t")
"""
MOST_KILOBYTES, MOST_SECONDS = 600 * 1024, 60


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system counts no memory there")
def test_an_archive_that_lies_costs_little_and_loses_none_of_its_sound_panels(tmp_path: Path) -> None:
    lies = list(lying_entries())
    good = encoded("PNG", drawing(1))
    packed = tmp_path / "lies.cbz"
    packed.write_bytes(zip_of([stored("1.png", good), *lies, stored("2.png", good)]))
    bound = lambda: resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))  # noqa: E731
    command = [sys.executable, "-c", READ, str(SCRIPTS), str(packed)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=bound)
    assert done.returncode == 0, done.stderr
    told = {name: rest for name, *rest in (line.split("\t") for line in done.stdout.splitlines())}
    assert told.keys() == {"1.png", "2.png"} | {entry.name.decode() for entry in lies}
    statuses = {name: status for name, (status, _, _) in told.items()}
    for name, (status, detail, kilobytes) in told.items():
        assert int(kilobytes) < MOST_KILOBYTES, name
        assert (status == "ok") == (name in ("1.png", "2.png", "says more.png")), (name, status, detail)
        assert status == "ok" or detail, name
    assert told["encrypted.png"][1] == told["strongly encrypted.png"][1] == "it is encrypted"
    assert told["deflate64.png"][1] == told["unknown.png"][1] == "That compression method is not supported"
    assert statuses["largest.png"] == "not an image"
    assert {statuses[f"{name}.png"] for name in ("is large", "says very much", "sum", "cut off")} == {"unreadable file"}


@pytest.mark.slow
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_by_any_method_is_read(tmp_path: Path, method: int) -> None:
    contents = {f"{size}.png": Random(size).randbytes(size) + bytes(size) for size in (0, 1, 2**12, 3 * 2**20)}
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    with open_source(tmp_path / "a.zip") as source:
        assert {name: source.read(name) for name in contents} == contents


def test_entries_that_overlap_are_passed_over(tmp_path: Path) -> None:
    """A bomb lists the same bytes many times."""
    bomb = zip_of([stored("1.png", b"1"), stored("2.png", b"2")], [b"3.png", b"4.png"])
    (tmp_path / "a.zip").write_bytes(bomb)
    assert find_images(tmp_path / "a.zip") == Found({"1.png", "4.png"}, [(f"{n}.png", OVERLAPPING) for n in (2, 3)])


def test_what_is_no_panel_of_an_archive_is_listed(tmp_path: Path) -> None:
    entries = [
        stored("1.png", b""),
        stored("/etc/2.png", b""),
        stored("link.png", b"1.png")._replace(kind=0o120777),
        stored("a/more.cbz", b""),
        stored("folder.png/", b""),
        stored(".more.zip", b""),
        stored("a/" * LONGEST_NAME + ".png", b""),
    ]
    (tmp_path / "a.zip").write_bytes(zip_of(entries))
    reasons = dict(find_images(tmp_path / "a.zip").passed_over)
    assert list_images(tmp_path / "a.zip") == ["1.png"]
    assert reasons.pop("a/" * LONGEST_NAME + ".png") == LONG
    assert reasons == {
        "/etc/2.png": OUTSIDE,
        "link.png": LINK_WITHIN,
        "a/more.cbz": ARCHIVE_WITHIN,
        ".more.zip": HIDDEN,
    }


def test_an_archive_within_a_folder_is_a_chapter_of_it(tmp_path: Path) -> None:
    folder = fill(tmp_path / "comic", "1.png", ".2.zip", "chapters/4.cbz")
    cbz(folder / "chapters/1.CBZ", {"./1.png": b"one", "a/2.png": b"two", ".3.png": b"", "more.cbz": b"", "a/": b""})
    cbz(folder / "2", {"1.png": b"three"})
    long = "a" * 4_000 + "/1.png"
    cbz(folder / "6.cbz", {long: b"four"})
    cbz(folder / "3.zip", {"notes.txt": b""})
    cbz(folder / "5.docx", {"media/1.png": b"no panel"})
    found = find_images(folder)
    assert found.images == {"1.png", "chapters/1.CBZ/1.png", "chapters/1.CBZ/a/2.png", "2/1.png", f"6.cbz/{long}"}
    assert found.passed_over == [
        (".2.zip", HIDDEN),
        ("3.zip", NO_PANEL),
        ("chapters/1.CBZ/.3.png", HIDDEN),
        ("chapters/1.CBZ/more.cbz", ARCHIVE_WITHIN),
        ("chapters/4.cbz", "cannot be read: File is not a zip file"),
    ]
    with open_source(folder) as source:
        assert [source.read(file) for file in sorted(found.images)] == [b"1.png", b"three", b"four", b"one", b"two"]
        assert source.path("1.png") == folder / "1.png"
        assert source.path("2/1.png") is None
        with pytest.raises(KeyError):
            source.read("2/9.png")


def test_the_files_that_panels_are_in_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fill(tmp_path / "comic", "1.png", "a/2.png")
    cbz(folder / "a/b.cbz", {"1.png": b"", "c/2.png": b""})
    files = ["a/b.cbz/c/2.png", "1.png", "a/2.png", "a/b.cbz/1.png", "gone/3.png"]
    for start in ("comic", "./comic/", str(folder)):
        monkeypatch.chdir(tmp_path)
        path = os.path.normpath(start)
        own = [f"{path}/1.png", f"{path}/a/2.png", f"{path}/gone/3.png"]
        assert places_of(start, files) == (own, [f"{path}/a/b.cbz"])
    monkeypatch.chdir(folder)
    assert places_of(".", files) == (["1.png", "a/2.png", "gone/3.png"], ["a/b.cbz"])


def test_panels_of_more_archives_than_are_kept_open_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reprise.source.MOST_OPEN", 2)
    for number in range(5):
        cbz(tmp_path / f"{number}.cbz", {"1.png": b"%d 1" % number, "2.png": b"%d 2" % number})
    with open_source(tmp_path) as source:
        for page in (1, 2):
            assert [source.read(f"{n}.cbz/{page}.png") for n in range(5)] == [b"%d %d" % (n, page) for n in range(5)]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ["漫画/第01話.png", "Übung é.png", "1.png"]),
        ("cp932", ["漫画/第01話.png", "カバー.png", "１.png", "1.png"]),
        ("cp437", ["Übung.png", "König é.png", "Größe/1.png", "1.png"]),
    ],
)
def test_names_are_read_in_the_encoding_they_are_in(tmp_path: Path, encoding: str, names: list[str]) -> None:
    entries = [stored("1.png", name.encode())._replace(name=name.encode(encoding)) for name in names]
    (tmp_path / "a.zip").write_bytes(zip_of(entries))
    assert list_images(tmp_path / "a.zip") == sorted(names, key=natural_order)
    with open_source(tmp_path / "a.zip") as source:
        assert [source.read(name) for name in names] == [name.encode() for name in names]


@pytest.mark.parametrize(
    "damaged",
    [
        zip_of([stored("1.png", b"1")])[:-30],
        zip_of([stored("1.png", b"1")._replace(version=99)]),
        zip_of([stored("1.png", b"1")._replace(flags=0x800, name=b"\xff.png")]),
        zip_of([stored("1.png", b"1")]).replace(b"PK\1\2", b"PK\1\3"),
        b"",
    ],
)
def test_an_archive_whose_list_is_damaged_is_refused_with_one_kind_of_error(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(damaged)
    with pytest.raises(zipfile.BadZipFile):
        find_images(tmp_path / "a.zip")
    with pytest.raises(zipfile.BadZipFile), open_source(tmp_path / "a.zip"):
        pass
