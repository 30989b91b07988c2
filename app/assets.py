"""Static files under names that change with their content, compressed once, kept for ever.

The hall's own files and those of Flask-AppBuilder that its pages use get a name with a digest:
``anju.css`` is ``/static/anju.3f2a1b9c0d4e.css``. They are written once, with a gzip copy beside
each, to ``ANJU_HOME/static`` (by ``flask anju init``, else at the first visit) and served by
WhiteNoise in front of the application. Plain names still answer, uncached.
"""

import functools
import gzip
import hashlib
import os
import posixpath
import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import flask_appbuilder
from flask import Flask, current_app
from whitenoise import WhiteNoise

OWN = Path(__file__).parent / "static"
FRAMEWORK = Path(flask_appbuilder.__file__).parent / "static" / "appbuilder"
PREFIX = "/static/"
BORROWED = (
    "css/ab.css",
    "css/bootstrap.min.css",
    "css/bootstrap-datepicker/bootstrap-datepicker3.min.css",
    "css/select2/select2-bootstrap.min.css",
    "css/select2/select2.min.css",
    "fonts/glyphicons-halflings-regular.woff",
    "fonts/glyphicons-halflings-regular.woff2",
    "js/ab.js",
    "js/ab_actions.js",
    "js/ab_filters.js",
    "js/ab_keep_tab.js",
    "js/bootstrap-datepicker/bootstrap-datepicker.min.js",
    "js/bootstrap.min.js",
    "js/jquery-latest.js",
    "js/select2/select2.min.js",
)
"""What pages load of Flask-AppBuilder's static files; the rest of its 6 MB stays where it is."""

FOLDERS = {"static": "", "appbuilder.static": "appbuilder/"}
"""Endpoint of a static file, and the folder its name is in under ``/static/``."""

SERVED = {".css", ".js", ".svg", ".png", ".woff", ".woff2"}
SQUEEZED = {".css", ".js", ".svg"}
DIGEST = 12
FOR_EVER = re.compile(rf"\.[0-9a-f]{{{DIGEST}}}(\.\w+)$")
LINK = re.compile(r"url\(\s*[\"']?([^\"')?#]+)([?#][^\"')]*)?[\"']?\s*\)")


@functools.cache
def collection() -> dict[str, tuple[str, bytes]]:
    """Return the digested name and the content of every file, by its plain name.

    A stylesheet comes after what it links to, for it names that by the digested name.
    """
    found = {str(path.relative_to(OWN)): path for path in OWN.rglob("*")}
    found |= {f"appbuilder/{name}": FRAMEWORK / name for name in BORROWED}
    ready: dict[str, tuple[str, bytes]] = {}
    for name in sorted(found, key=lambda one: (one.endswith(".css"), one)):
        if found[name].suffix in SERVED:
            content = found[name].read_bytes()
            if name.endswith(".css"):
                content = _linked(name, content, ready)
            ready[name] = (_digested(name, content), content)
    return ready


def _linked(name: str, content: bytes, ready: Mapping[str, tuple[str, bytes]]) -> bytes:
    """Return a stylesheet that names its fonts and pictures by their digested names."""
    folder = posixpath.dirname(name)

    def link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[1]))
        if target not in ready:
            return found[0]
        return f"url({posixpath.relpath(ready[target][0], folder or '.')}{found[2] or ''})"

    return LINK.sub(link, content.decode("utf-8")).encode("utf-8")


def _digested(name: str, content: bytes) -> str:
    stem, ending = posixpath.splitext(name)
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:DIGEST]}{ending}"


def address(name: str) -> str:
    """Return the address of a file, by its plain name under ``/static/``."""
    return PREFIX + collection()[name][0]


def write(folder: Path) -> int:
    """Write what is not there yet, with compressed copies; return how many files were new.

    Earlier versions stay: a page that was opened before a release still asks for them.
    """
    new = 0
    for name, content in collection().values():
        target = folder / name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix in SQUEEZED:
            _put(target.with_name(target.name + ".gz"), gzip.compress(content, 9, mtime=0))
        _put(target, content)
        new += 1
    return new


def _put(target: Path, content: bytes) -> None:
    """Write a file so that nobody ever meets half of it."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    draft.write_bytes(content)
    draft.replace(target)


class Front:
    """Answers for static files; everything else goes on to the application."""

    def __init__(self, app: Any, folder: Path, headers: Iterable[tuple[str, str]]) -> None:
        self.app, self.folder, self.headers = app, folder, list(headers)
        self._lock = threading.Lock()
        self._files: WhiteNoise | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request for a file that was written; pass on any other."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.app(environ, start_response)
        files = self._ready()
        if path not in files.files:  # of a release that this machine has not, or has no more
            environ["PATH_INFO"] = FOR_EVER.sub(r"\1", path)
        return files(environ, start_response)

    def _ready(self) -> WhiteNoise:
        with self._lock:
            if self._files is None:
                write(self.folder)
                self._files = WhiteNoise(
                    self.app, root=str(self.folder), prefix=PREFIX, allow_all_origins=False,
                    add_headers_function=self._add_headers,
                    immutable_file_test=lambda _path, url: bool(FOR_EVER.search(url)),
                )  # fmt: skip
            return self._files

    def _add_headers(self, headers: Any, _path: str, _url: str) -> None:
        for name, value in self.headers:
            headers[name] = value


def init_app(app: Flask, headers: Mapping[str, str]) -> Front:
    """Let ``url_for`` give lasting names; return what serves the files before the application."""
    app.url_defaults(name_for_ever)
    return Front(app.wsgi_app, folder(app), headers.items())


def folder(app: Flask | None = None) -> Path:
    """Return where the files of a hall are written; it may be deleted at any time."""
    return Path((app or current_app).config["ANJU_HOME"]) / "static"


def name_for_ever(endpoint: str, values: dict[str, Any]) -> None:
    """Put the digested name of a static file in the place of its plain one."""
    if endpoint in FOLDERS and "filename" in values:
        start = FOLDERS[endpoint]
        known = collection().get(start + values["filename"])
        if known:
            values["filename"] = known[0].removeprefix(start)
