"""What agencies offer, as rules and pages ask for it."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.cards import check_card
from app.domain.errors import Invalid
from app.domain.facts import FactType
from app.domain.terms import Kind, Origin
from app.models import Commitment, MaterialRequirement, PolicySetting, WorkingDay
from app.services import reference
from app.services.catalogue.reference_cache import forget
from app.services.review import return_texts
from tests.factories import NOON, find_reason, find_scheme, make_application

DAY = NOON.date()


def test_a_setting_is_the_one_that_began_last(session):
    scheme = find_scheme(session)
    session.add(
        PolicySetting(
            agency_id=scheme.agency_id, scheme_id=scheme.id, key="decision_days", value="5",
            unit="working_days", valid_from=DAY,
        )
    )  # fmt: skip
    session.commit()

    before = reference.settings_on(session, scheme.id, DAY - dt.timedelta(days=1))
    after = reference.settings_on(session, scheme.id, DAY)

    assert before["decision_days"] == Decimal(3)
    assert after["decision_days"] == Decimal(5)


def test_an_empty_setting_sets_no_limit(session):
    settings = reference.settings_on(session, find_scheme(session).id, DAY)

    assert "purchase_cap" not in settings
    assert settings["rent_flat_single"] == Decimal("1500.00")


@pytest.mark.both
def test_an_edit_shows_at_once_in_the_same_process(session):
    scheme = find_scheme(session)
    reference.settings_on(session, scheme.id, DAY)
    row = session.scalars(
        sa.select(PolicySetting).where(
            PolicySetting.scheme_id == scheme.id, PolicySetting.key == "min_balance"
        )
    ).one()

    row.value = "1.00"
    session.flush()
    inside = reference.settings_on(session, scheme.id, DAY)["min_balance"]
    session.rollback()
    undone = reference.settings_on(session, scheme.id, DAY)["min_balance"]
    session.execute(
        sa.update(PolicySetting).where(PolicySetting.id == row.id).values(value="2.00")
    )
    session.commit()
    kept = reference.settings_on(session, scheme.id, DAY)["min_balance"]

    assert (inside, undone, kept) == (Decimal("1.00"), Decimal("0.01"), Decimal("2.00"))


def test_hot_reference_data_is_read_once(session, app):
    scheme = find_scheme(session)
    forget()
    reference.requirements(session, scheme.id, "GMZF", DAY)
    statements = []
    engine = session.get_bind().engine

    def count(*args):
        statements.append(args[2])

    sa.event.listen(engine, "before_cursor_execute", count)
    reference.requirements(session, scheme.id, "GMZF", DAY)
    reference.requirements(session, scheme.id, "ZFFZ", DAY)
    sa.event.remove(engine, "before_cursor_execute", count)

    assert statements == []


def test_an_edit_by_another_process_shows_after_ten_seconds(session, monkeypatch):
    reference.calendar(session)
    session.connection().exec_driver_sql(
        "INSERT INTO working_day (date, kind, name_zh, name_en) "
        "VALUES ('2026-11-19', 'holiday', '临时放假', 'Extra')"
    )
    still = reference.calendar(session).is_workday(dt.date(2026, 11, 19))
    real = reference.remembered.__globals__["time"].monotonic
    monkeypatch.setattr(
        "app.services.catalogue.reference_cache.time.monotonic", lambda: real() + 11
    )

    later = reference.calendar(session).is_workday(dt.date(2026, 11, 19))
    session.rollback()
    forget()

    assert still
    assert not later


def test_a_paper_is_joined_with_what_it_is(session):
    rows = reference.requirements(session, find_scheme(session).id, "GMZF", DAY)

    first = {row.material_code: row for row in rows if row.kind is Kind.FIRST}

    assert first["A1"].slug == "id_document"
    assert first["A1"].min_files == 2
    assert first["A3"].origin is Origin.GENERATED


def test_a_requirement_that_ended_is_not_asked_for(session):
    scheme = find_scheme(session)
    session.execute(
        sa.update(MaterialRequirement)
        .where(MaterialRequirement.scheme_id == scheme.id)
        .where(MaterialRequirement.material_code == "C1")
        .values(valid_to=DAY)
    )
    session.commit()

    on_the_day = reference.requirements(session, scheme.id, "GMZF", DAY)
    after = reference.requirements(session, scheme.id, "GMZF", DAY + dt.timedelta(days=1))

    assert "C1" in {row.material_code for row in on_the_day}
    assert "C1" not in {row.material_code for row in after}


def test_questions_come_in_the_order_of_the_package(session):
    rows = reference.facts(session, find_scheme(session).id, DAY)

    assert [row.key for row in rows[:3]] == ["subtype", "lookup_by", "house_price"]
    assert rows[0].type is FactType.CHOICE
    assert rows[0].options[0].code == "decoration"


def test_reasons_switched_off_are_not_offered_but_known(session):
    scheme = find_scheme(session, "fund")

    offered = [row.code for row in reference.reasons_in_force(session, scheme.id, DAY)]

    assert offered[0] == "GMSPF"
    assert "QTTQ" not in offered
    assert reference.reason(session, scheme.id, "QTTQ", DAY).enabled is False


def test_a_reason_before_its_first_day_is_unknown(session):
    with pytest.raises(Invalid) as refused:
        reference.reason(session, find_scheme(session, "fund").id, "ZXTQ", dt.date(2026, 9, 19))

    assert refused.value.code == "reason_unknown"


def test_banks_are_those_of_the_reason_or_else_of_the_scheme(session):
    purchase = reference.banks_for(session, find_reason(session, "GMSPF", "fund"))
    monthly = reference.banks_for(session, find_reason(session, "ZZZG"))

    assert [bank.code for bank in purchase] == ["CCB", "ICBC", "SJBANK"]
    assert {"ABC", "BOC"} < {bank.code for bank in monthly}


def test_a_card_is_known_by_its_prefix(session):
    table = reference.bins(session)

    assert check_card("6217000072657528801", bank_code="CCB", bins=table).kind == "debit"


@pytest.mark.both
def test_national_tables_are_there(session):
    assert reference.calendar(session).is_workday(dt.date(2026, 2, 14))
    assert {2024, 2025, 2026} == reference.calendar(session).known_years
    assert "34" in reference.provinces(session)
    assert len(reference.national(session, "ethnic_group")) == 56
    assert reference.document_types(session)[0].code == "resident_id_card"


def test_the_newest_letter_in_force_is_signed(session):
    scheme = find_scheme(session)
    first = reference.commitment(session, scheme.id, DAY)
    session.add(
        Commitment(
            agency_id=scheme.agency_id, scheme_id=scheme.id, version="2.0", text_zh="新",
            text_en="new", sha256="0" * 64, valid_from=DAY + dt.timedelta(days=1),
        )
    )  # fmt: skip
    session.commit()

    assert reference.commitment(session, scheme.id, DAY).id == first.id
    assert reference.commitment(session, scheme.id, DAY + dt.timedelta(days=1)).version == "2.0"


def test_a_return_text_leaves_no_placeholder_open(session):
    case = make_application(session, house_key="HF1")
    for reason in reference.return_reasons(session, case.scheme_id, DAY):
        zh, en = return_texts.fill_return_text(
            session, case, reason, "A1", note="第二页", facts={}, now=NOON
        )

        assert "{" not in zh + en, reason.code


def test_a_return_text_names_the_paper_and_the_note(session):
    case = make_application(session)
    reasons = {row.code: row for row in reference.return_reasons(session, case.scheme_id, DAY)}

    zh, en = return_texts.fill_return_text(
        session, case, reasons["R02"], "A1", note="{limit}", facts={}, now=NOON
    )

    assert "身份证" in zh
    assert "{limit}" in zh
    assert "{limit}" in en


def test_agency_words_are_put_into_its_texts(session):
    scheme = find_scheme(session)

    text = reference.fill_agency_words(scheme.agency.agreement_zh, scheme.agency)

    assert scheme.agency.hall_name_zh in text
    assert "{" not in text


@pytest.mark.both
def test_a_calendar_edit_is_seen(session):
    reference.calendar(session)
    session.add(WorkingDay(date=DAY, kind="holiday", name_zh="放假", name_en="Off"))
    session.commit()

    assert not reference.calendar(session).is_workday(DAY)
