"""The Chinese words of the hall: one file of pairs a surface, merged into one catalogue."""

import os
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
COMPILED = HERE / "zh" / "LC_MESSAGES" / "messages.mo"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)")

Forms = str | list[str] | tuple[str, ...]


class Disagreement(Exception):
    """Two files translate one message differently, or a placeholder is lost."""


def merged() -> Catalog:
    """Return all pairs; raises ``Disagreement`` with file and message."""
    whole = Catalog(locale="zh", charset="utf-8")
    origin: dict[str, str] = {}
    for path in sorted((HERE / "parts").glob("*.po")):
        with path.open("rb") as lines:
            for message in read_po(lines, locale="zh"):
                if not message.id or not message.string:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                known = whole.get(key)
                if known and known.string != message.string:
                    raise Disagreement(f"{origin[key]} and {path.name} differ on {key!r}")
                _check_placeholders(path.name, message.id, message.string)
                whole.add(message.id, message.string)
                origin[key] = path.name
    return whole


def compile_words() -> int:
    """Write the catalogue that pages are served from; return how many messages it has."""
    catalog = merged()
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    fresh = COMPILED.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file:
        write_mo(file, catalog)
    fresh.replace(COMPILED)
    return len(catalog)


def bring_up_to_date() -> None:
    """Compile the words when a file of pairs is newer than what pages are served from."""
    newest = max((path.stat().st_mtime for path in (HERE / "parts").glob("*.po")), default=0.0)
    if not COMPILED.exists() or COMPILED.stat().st_mtime < newest:
        compile_words()


def keep_compiled() -> None:
    """Compile when the catalogue is missing or older than a file of pairs."""
    newest = max((part.stat().st_mtime for part in (HERE / "parts").glob("*.po")), default=0.0)
    if not COMPILED.exists() or COMPILED.stat().st_mtime < newest:
        compile_words()


def used() -> dict[str, str]:
    """Return each message in code and templates with the place where it is first used."""
    found: dict[str, str] = {}
    for name, line, message, _comments, _context in extract_from_dir(
        HERE.parent, METHODS, keywords=KEYWORDS
    ):
        key = message if isinstance(message, str) else message[0]
        found.setdefault(key, f"app/{name}:{line}")
    return found


def untranslated() -> list[str]:
    """Return the messages in use that neither we nor Flask-AppBuilder put into Chinese."""
    import flask_appbuilder

    known = merged()
    theirs = Path(flask_appbuilder.__file__).parent / "translations" / "zh" / "LC_MESSAGES"
    with (theirs / "messages.po").open("rb") as lines:
        framework = {message.id for message in read_po(lines, locale="zh") if message.string}
    return [
        f"{place}: {key}"
        for key, place in sorted(used().items(), key=lambda pair: pair[1])
        if key not in known and key not in framework
    ]


def _check_placeholders(file: str, told: Forms, said: Forms) -> None:
    wanted = set(PLACEHOLDER.findall(" ".join(_forms(told))))
    for form in _forms(said):
        if set(PLACEHOLDER.findall(form)) != wanted:
            raise Disagreement(f"{file}: {told!r} and its translation have other placeholders")


def _forms(text: Forms) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
