"""The setting that names the providers: read at the start, refused with a sentence."""

import json

import pytest

from app.gateways.openid import ProviderUnclear, read_providers
from app.gateways.openid.reading import person_of
from config import SettingMissing, settings
from tests.conventions.sources import APP

ROW = {
    "code": "province", "names": {"zh": "省政务服务网", "en": "Portal"},
    "issuer": "https://id.example", "client_id": "anju",
}  # fmt: skip


def read(**changes):
    return read_providers(json.dumps([ROW | changes]))


def test_nothing_set_is_no_provider():
    assert read_providers("  ") == ()


def test_one_description_serves_the_environment_and_both_kinds_of_file(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({"provider": [ROW]}), encoding="utf-8")
    (tmp_path / "p.toml").write_text(
        '[[provider]]\ncode = "province"\nissuer = "https://id.example"\nclient_id = "anju"\n'
        '[provider.names]\nzh = "省政务服务网"\nen = "Portal"\n',
        encoding="utf-8",
    )

    found = [
        read(),
        *(read_providers(str(tmp_path / f"p.{kind}")) for kind in ("json", "toml")),
    ]

    assert found[0] == found[1] == found[2]
    assert found[0][0].name_zh == "省政务服务网"


def test_a_secret_may_stand_in_a_file_and_is_never_printed(tmp_path):
    (tmp_path / "secret").write_text("whisper\n", encoding="utf-8")

    [made] = read(client_secret_file=str(tmp_path / "secret"))

    assert made.client_secret == "whisper"
    assert "whisper" not in repr(made)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": "http://id.example"}, "https"), ({"client_id": ""}, "client_id"),
        ({"code": "Übel!"}, "code"), ({"claims": {"nom": "x"}}, "nom"),
        ({"verified": "surely"}, "verified"), ({"scopes": "profile"}, "openid"),
        ({"colour": "red"}, "colour"), ({"params": {"nonce": "1"}}, "nonce"), ({"client_secret_file": "/nowhere"}, "/nowhere"),
    ],
    ids=str,
)  # fmt: skip
def test_what_would_only_come_out_at_a_log_in_stops_the_start(changes, said):
    with pytest.raises(ProviderUnclear, match=said):
        read(**changes)


@pytest.mark.parametrize("text", ["[", "/nowhere.json", "[1]", '{"provider": 1}'])
def test_an_unreadable_setting_is_named(text):
    with pytest.raises(ProviderUnclear, match="ANJU_OIDC"):
        read_providers(text)


def test_two_providers_need_two_codes():
    with pytest.raises(ProviderUnclear, match="same code"):
        read_providers(json.dumps([ROW, ROW]))


def test_in_production_providers_need_the_address_of_the_hall(monkeypatch, tmp_path):
    monkeypatch.setenv("ANJU_OIDC", json.dumps([ROW]))
    monkeypatch.delenv("ANJU_PUBLIC_URL", raising=False)
    for name in ("SECRET_KEY", "ANJU_KEYS"):
        monkeypatch.setenv(name, "x" * 40)

    with pytest.raises(SettingMissing, match="ANJU_PUBLIC_URL"):
        settings(ANJU_ENV="production", ANJU_HOME=tmp_path)
    monkeypatch.setenv("ANJU_PUBLIC_URL", "https://hall.example/")
    made = settings(ANJU_ENV="production", ANJU_HOME=tmp_path)

    assert made["ANJU_PUBLIC_URL"] == "https://hall.example"
    assert made["ANJU_OIDC"][0].code == "province"


def test_without_the_packages_of_the_extra_only_providers_stop_the_start(monkeypatch, tmp_path):
    monkeypatch.setattr("config.find_spec", lambda _name: None)

    assert settings(ANJU_HOME=tmp_path)["ANJU_OIDC"] == ()
    monkeypatch.setenv("ANJU_OIDC", json.dumps([ROW]))
    with pytest.raises(SettingMissing, match="oidc"):
        settings(ANJU_HOME=tmp_path)


@pytest.mark.parametrize("path", sorted((APP / "gateways" / "openid").glob("*.py")), ids=str)
def test_the_library_is_loaded_by_who_logs_in_and_not_at_the_start(path):
    at_the_top = [line for line in path.read_text().splitlines() if not line.startswith(" ")]

    assert not [line for line in at_the_top if "import" in line and "authlib" in line]
    assert not [line for line in at_the_top if "import" in line and "joserfc" in line]


def test_claims_are_read_by_the_names_of_the_settings_and_tidied():
    [made] = read(
        claims={"name": "real.name", "id_number": "no", "mobile": "tel", "id_type": "kind"},
        id_types={"01": "resident_id_card"}, verified="real-name",
    )  # fmt: skip
    said = {"sub": "s", "real": {"name": " 林知夏 "}, "no": "34010019880615002x", "kind": "01"}

    person = person_of(made, said | {"tel": "not a mobile"})
    other = person_of(made, {"sub": "s", "real": ["x"], "no": {"a": 1}, "kind": True})

    assert (person.name, person.id_number, person.mobile) == (
        "林知夏", "34010019880615002X", "",
    )  # fmt: skip
    assert person.is_identified
    assert (other.name, other.id_number, other.id_type) == ("", "", "")
    assert not other.is_identified
