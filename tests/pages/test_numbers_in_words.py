"""Numbers that stand in the sentences of pages are those by which the hall works."""

import sqlalchemy as sa

from app.domain.terms import Role
from app.models import PolicySetting
from app.services.catalogue import reference_cache
from app.services.people.people_rules import RULES


def test_help_names_the_days_of_the_offices(browse, rows):
    visitor = browse()
    assert "您有 10 个工作日更正" in visitor.open("/help/").text

    with rows() as session:
        rule = PolicySetting.key == "correction_days"
        first = session.scalars(sa.select(PolicySetting).where(rule)).first()
        first.value = "15"
        code = first.scheme.agency.code
        session.commit()
        reference_cache.forget()

    assert "您有 10–15 个工作日更正" in visitor.open("/help/").text
    visitor.open(f"/?agency={code}")
    assert "您有 15 个工作日更正" in visitor.open("/help/").text


def test_forms_name_the_shortest_password(browse):
    for address in ("/register/", "/recover/"):
        assert f"至少 {RULES.password_minimum} 位" in browse().open(address).text


def test_the_desk_says_how_often_a_run_begins(staff, monkeypatch):
    monkeypatch.setattr("app.desk.payout_views.RUNS_EVERY", 45)

    assert "每 45 秒一轮" in staff("pat", Role.PAYER).open("/desk/payouts/").text
