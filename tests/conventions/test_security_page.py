"""The page of security names tests that exist, and leaves out nothing that is said to be shown."""

import re

from tests.conventions.sources import APP

ROOT = APP.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)
LINES = re.findall(r"^\| (\d[^|]*) \| ([^|]*) \| ([^|]*) \|$", PAGE, re.MULTILINE)


def test_every_test_it_names_is_there():
    gone = [
        f"{file}::{name}"
        for file, name in NAMED
        if not (path := ROOT / "tests" / file).exists()
        or not re.search(rf"^\s*def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert len(NAMED) > 90
    assert not gone


def test_every_line_is_shown():
    unsaid = [item for item, _, shown in LINES if "::" not in shown or "ot shown" in shown]

    assert len(LINES) > 55
    assert not unsaid
