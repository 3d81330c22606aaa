"""A folder served on loopback as the site it stands for: the demo is downloaded as any comic is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve `folder` on loopback as any http site: yields the address of a proxy that answers for every host."""

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body go out in two writes, the second of which would wait 40 ms for the client's acknowledgement.
        disable_nagle_algorithm = True

        def translate_path(self, path: str) -> str:
            # A proxy is asked for whole addresses.
            return super().translate_path(urlsplit(path).path)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as httpd:
        threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()


def only_folder(site: Path) -> str:
    """Name of the one folder that a drawn site consists of; raises `ValueError` if it isn't one."""
    names = sorted(path.name for path in site.iterdir() if path.is_dir())
    if len(names) != 1:
        raise ValueError(f"{site}: a site has one folder, this has {len(names)}; delete it to have it drawn again")
    return names[0]
