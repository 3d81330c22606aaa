"""A folder served as the site it stands for."""

from pathlib import Path

import pytest

from reprise.web.settings import Web
from sites import (
    download,
    html,
    panel,
    picture,
    statuses,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def test_a_folder_is_served_as_the_site_it_stands_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # The user's proxy knows nothing of it.
    folder = tmp_path / "site"
    (folder / "f00d/images").mkdir(parents=True)
    (folder / "f00d/1.html").write_text(html(panel("images/a b.gif"), panel("http://demo.example/f00d/images/c.png")))
    (folder / "f00d/3.html").write_text(html(panel("/f00d/images/../images/c.png")))
    (folder / "f00d/images/a b.gif").write_bytes(picture("GIF"))
    (folder / "f00d/images/c.png").write_bytes(picture("PNG"))
    web = Web("http://demo.example/{edition}/{page}.html", "img.wide", None, 0.0, 0, 5.0, "Reprise tests", 1.0)

    manifest = download(web, 1, 3, folder)
    assert [tuple(row) for row in manifest[["file", "url", "status"]].itertuples(index=False)] == [
        ("results/downloads/images/1_1.gif", "http://demo.example/f00d/images/a b.gif", "ok"),
        ("results/downloads/images/1_2.png", "http://demo.example/f00d/images/c.png", "ok"),
        ("", "", "missing: HTTP 404"),
        ("results/downloads/images/3_1.png", "http://demo.example/f00d/images/c.png", "ok"),
    ]
    assert list(manifest["page_url"].unique()) == [f"http://demo.example/f00d/{page}.html" for page in (1, 2, 3)]

    # Another edition of the comic has other addresses: nothing of the first is taken for it.
    (folder / "f00d").rename(folder / "beef")
    (folder / "beef/images/a b.gif").write_bytes(picture("GIF", 7))
    assert statuses(web, 1, 1, folder) == ["ok", "ok"]
    assert stored_images()["1_1.gif"] == picture("GIF", 7)

    (folder / "left-over").mkdir()
    with pytest.raises(ValueError, match=r"site: a site has one folder, this has 2"):
        download(web, 1, 1, folder)
