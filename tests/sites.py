"""Sites that tests download from: real servers on loopback that answer, or misbehave, as they are told."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from urllib.parse import unquote

import pandas as pd
from PIL import Image

from download_pages import download_pages
from reprise.web.settings import Web

SCRIPTS = Path(__file__).parents[1] / "scripts"

# Where the step is run: in the working directory, which the fixture `own_folder` makes a folder of the test's own.
STORE = Path("results/downloads")
MANIFEST = STORE / "1-3.csv"

# More than the buffers between a server and a client that doesn't read hold, by far.
ENDLESS = 200_000_000

Reply = Callable[[BaseHTTPRequestHandler], None]


def picture(kind: str, colour: int = 0) -> bytes:
    """A small picture; those of one kind are of one size and differ by their colour."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (colour, 0, 0)).save(file, kind)
    return file.getvalue()


def noise(kind: str, seed: int) -> bytes:
    """A picture of random pixels, some kilobytes in each of the formats."""
    file = io.BytesIO()
    Image.frombytes("RGB", (64, 64), Random(seed).randbytes(64 * 64 * 3)).save(file, kind, quality=90)
    return file.getvalue()


def body(content: str | bytes, status: int = 200, **headers: str) -> Reply:
    """Reply with the whole of `content`; underscores in the headers' names stand for hyphens."""
    sent = content.encode() if isinstance(content, str) else content

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)

    return reply


def redirect(to: str) -> Reply:
    return body("", 302, Location=to)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"GIF89a")
    handler.close_connection = True


def raw(content: bytes, *headers: str) -> Reply:
    """Reply with these headers and `content` as they are, and hang up: no length is told that isn't in `headers`."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        lines = ["HTTP/1.1 200 OK", "Connection: close", *headers, "", ""]
        handler.wfile.write("\r\n".join(lines).encode() + content)
        handler.close_connection = True

    return reply


def endless(status: int, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        assert isinstance(handler.server, Server)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while handler.server.sent < ENDLESS:  # or until the client hangs up
            handler.wfile.write(bytes(1 << 16))
            handler.server.sent += 1 << 16
        handler.close_connection = True

    return reply


def promise(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    handler.close_connection = True


class Server(ThreadingHTTPServer):
    """A site of `replies` by path with query; a list is used up reply by reply, its last one stays."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply | list[Reply]] = {}
        self.seen: list[tuple[float, str]] = []
        self.referers: dict[str, str | None] = {}
        self.sent = 0
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(path for _, path in self.seen)

    def reply_to(self, path: str) -> Reply:
        with self.lock:
            self.seen.append((time.time(), path))
            reply = self.replies.get(path) or self.replies.get(unquote(path)) or body("nothing here", 404)
            if isinstance(reply, list):
                return reply.pop(0) if len(reply) > 1 else reply[0]
            return reply

    def handle_error(self, *_: object) -> None:  # clients are killed and hang up in these tests
        pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.referers[self.path] = self.headers["Referer"]
        self.server.reply_to(self.path)(self)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running_server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def settings(site: Server) -> Web:
    return Web(
        url=site.address + "/comic/{page:03d}/",
        panels="main img.panel",
        title=None,
        seconds_between_requests=0.0,
        retries=0,
        timeout=5.0,
        user_agent="Reprise tests",
        max_megabytes=1.0,
    )


def html(*images: str, head: str = "<title>Page</title>") -> str:
    return f"<!doctype html><head>{head}</head><body><img class=panel src=/logo.gif><main>{''.join(images)}</main>"


def panel(src: str) -> str:
    return f'<p><img class="wide panel" src="{src}"></p>'


def download(web: Web, first: int = 1, last: int = 1, folder: Path | None = None) -> pd.DataFrame:
    download_pages(first, last, web, STORE, MANIFEST, folder)
    return pd.read_csv(MANIFEST, keep_default_na=False)


def statuses(web: Web, first: int = 1, last: int = 1, folder: Path | None = None) -> list[str]:
    return list(download(web, first, last, folder)["status"])


def stored_images() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (STORE / "images").glob("*")}


def start_process(web: Web, first: int, last: int, folder: Path) -> "subprocess.Popen[bytes]":
    """Run the step as a job does, in a process of its own with `folder` as its working directory."""
    code = (
        "import json, sys; from pathlib import Path\n"
        "from download_pages import download_pages; from reprise.web.settings import Web\n"
        "from list_pages import list_pages; from reprise.tables import read_rows\n"
        f"store, table = Path('{STORE}'), Path('{STORE}') / 'addresses.csv'\n"
        "first, last, given = json.loads(sys.argv[1])\n"
        "web, addresses = Web(**given), None\n"
        "if not web.url:\n"
        "    if not table.exists(): list_pages(web, first, last, store, table, None)\n"
        "    addresses = [row['page_url'] for row in read_rows(table)]\n"
        "download_pages(first, last, web, store, store / f'{first}-{last}.csv', addresses=addresses)"
    )
    folder.mkdir(exist_ok=True)
    arguments = [sys.executable, "-c", code, json.dumps([first, last, asdict(web)])]
    return subprocess.Popen(arguments, cwd=folder, env=os.environ | {"PYTHONPATH": str(SCRIPTS)})
