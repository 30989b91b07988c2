"""The page for operators names every setting and command there is, and none that is not."""

import re

import pytest
from flask_appbuilder.security.sqla.models import User

from app.cli.group import anju
from app.services.entry import own_password
from app.services.people.people_rules import PeopleRules
from config import SettingMissing, settings
from tests.conventions.sources import APP
from tests.factories import KEYS, NOON

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
        ("ANJU_ADMIN_NETWORKS", "10.8.0.1/16"), ("ANJU_ADMIN_NETWORKS", "the office"),
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


def test_production_hashes_passwords_with_scrypt(monkeypatch, tmp_path, session, chen):
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    made = settings(ANJU_ENV="production", ANJU_HOME=tmp_path, ANJU_KEYS=KEYS)
    rules = PeopleRules(hash_method=made["FAB_PASSWORD_HASH_METHOD"])
    user = session.get_one(User, chen.user_id)

    own_password.change_password(
        session, user, "four plain words here", knows_old=True, keep=None, actor=chen, now=NOON,
        rules=rules,
    )  # fmt: skip

    assert re.fullmatch(r"scrypt:32768:8:3\$\w{16,}\$[0-9a-f]{128}", user.password)
    assert PeopleRules().hash_method == rules.hash_method
