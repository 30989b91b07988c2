"""The page for operators names every setting and command there is, and none that is not."""

import re

import pytest

from app.cli.group import anju
from config import SettingMissing, settings
from tests.conventions.sources import APP
from tests.factories import KEYS

ROOT = APP.parent
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
READ = set(
    re.findall(
        r"""(?:\benv|environ\.get|one_of|whole|secret)\(\s*"([A-Z_]+)\"""",
        (ROOT / "config.py").read_text(encoding="utf-8"),
    )
)
TABLED = {
    name
    for line in re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    for name in re.findall(r"`([A-Z_]+)`", line)
}


def test_every_setting_stands_in_the_table_and_no_other():
    assert len(READ) > 20
    assert TABLED == READ


def test_the_example_sets_what_there_is():
    example = (ROOT / "deploy" / "environment.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) <= READ


def test_every_command_is_told():
    told = set(re.findall(r"`flask anju ([a-z-]+)", PAGE))

    assert told == set(anju.commands)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANJU_ENV", "prod"), ("ANJU_PROXIES", "one"), ("ANJU_REVEALS_PER_HOUR", "-1"),
        ("ANJU_SMS_ACCOUNT", "{"), ("ANJU_SMS_ACCOUNT", '{"secret": 1}'),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_with_a_sentence(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingMissing, match=name):
        settings(ANJU_HOME=tmp_path, ANJU_KEYS=KEYS)


def test_production_takes_no_short_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("ANJU_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", "short")

    with pytest.raises(SettingMissing, match="SECRET_KEY"):
        settings(ANJU_HOME=tmp_path, ANJU_KEYS=KEYS)
