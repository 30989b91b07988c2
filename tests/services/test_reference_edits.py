"""Reference data change from a day on; what was in force stays as it was."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Role
from app.models import AuditEvent, Bank, PolicySetting, ReturnReason, WorkingDay
from app.services import reference
from app.services.catalogue import reference_edits
from tests.factories import NOON, actor_of, find_scheme, make_staff

TODAY = NOON.date()
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def editor(session):
    return actor_of(session, make_staff(session, "editor", Role.PACKAGE_EDITOR))


def find_setting(session, key="review_days"):
    return session.scalars(
        sa.select(PolicySetting).where(
            PolicySetting.scheme_id == find_scheme(session).id, PolicySetting.value != ""
        )
    ).first()


def test_a_change_from_tomorrow_ends_the_old_row_today(session, editor):
    row = find_setting(session)
    old = row.value

    fresh = reference_edits.change(
        session, row, {"value": "77"}, begins=TOMORROW, actor=editor, now=NOON
    )

    assert fresh.id != row.id
    assert (row.value, row.valid_to) == (old, TODAY)
    assert (fresh.value, fresh.valid_from, fresh.valid_to) == ("77", TOMORROW, None)
    scheme = find_scheme(session).id
    assert reference.settings_on(session, scheme, TOMORROW)[row.key] == 77
    assert str(reference.settings_on(session, scheme, TODAY)[row.key]) == old


def test_a_second_change_on_its_first_day_is_made_in_the_row_itself(session, editor):
    row = find_setting(session)
    fresh = reference_edits.change(session, row, {"value": "77"}, actor=editor, now=NOON)

    again = reference_edits.change(session, fresh, {"value": "78"}, actor=editor, now=NOON)

    assert again is fresh
    assert fresh.value == "78"


def test_a_change_says_what_it_changed_in_the_audit(session, editor):
    row = find_setting(session)
    old = row.value

    reference_edits.change(session, row, {"value": "77"}, actor=editor, now=NOON)

    [event] = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.act == "reference_changed")
    ).all()
    assert event.details["changes"] == {"value": f"{old} → 77"}


def test_nothing_changes_when_nothing_differs(session, editor):
    row = find_setting(session)

    same = reference_edits.change(session, row, {"value": row.value}, actor=editor, now=NOON)

    assert same is row
    assert session.query(AuditEvent).filter_by(act="reference_changed").count() == 0


def test_a_change_in_the_past_is_refused(session, editor):
    yesterday = TODAY - dt.timedelta(days=1)

    with pytest.raises(Invalid) as refused:
        reference_edits.change(
            session, find_setting(session), {"value": "1"}, begins=yesterday,
            actor=editor, now=NOON,
        )  # fmt: skip

    assert refused.value.code == "begins_in_past"


def test_an_ended_row_is_not_changed(session, editor):
    row = find_setting(session)
    row.valid_to = TODAY - dt.timedelta(days=1)

    with pytest.raises(Invalid) as refused:
        reference_edits.change(session, row, {"value": "1"}, actor=editor, now=NOON)

    assert refused.value.code == "row_ended"


def test_a_row_with_a_later_one_is_not_changed(session, editor):
    row = find_setting(session)
    reference_edits.change(
        session, row, {"value": "1"}, begins=TOMORROW, actor=editor, now=NOON
    )

    with pytest.raises(Invalid) as refused:
        reference_edits.change(session, row, {"value": "2"}, actor=editor, now=NOON)

    assert refused.value.code == "later_row"


def test_a_second_row_of_a_name_is_refused(session, editor):
    row = session.scalars(sa.select(ReturnReason)).first()
    values = {
        "scheme_id": row.scheme_id, "code": row.code, "level": "case", "outcome": "return",
        "label_zh": "甲", "label_en": "a", "text_zh": "乙", "text_en": "b",
    }  # fmt: skip

    with pytest.raises(Invalid) as refused:
        reference_edits.add(session, ReturnReason, values, actor=editor, now=NOON)

    assert refused.value.code == "code_taken"


def test_a_new_row_belongs_to_the_agency_and_begins_today(session, editor):
    scheme = find_scheme(session)
    values = {
        "scheme_id": scheme.id, "code": "R77", "level": "case", "outcome": "return",
        "label_zh": "甲", "label_en": "a", "text_zh": "乙", "text_en": "b",
    }  # fmt: skip

    row = reference_edits.add(session, ReturnReason, values, actor=editor, now=NOON)

    assert (row.agency_id, row.valid_from, row.mark) == (scheme.agency_id, TODAY, "staff")
    assert row in reference.return_reasons(session, scheme.id, TODAY)


def test_another_agencys_rows_are_not_changed(session):
    other = actor_of(
        session, make_staff(session, "other", Role.PACKAGE_EDITOR, agency="liaoning")
    )

    with pytest.raises(NotAllowed):
        reference_edits.change(
            session, find_setting(session), {"value": "1"}, actor=other, now=NOON
        )


def test_a_reviewer_changes_no_reference_data(session, people, chen):
    with pytest.raises(NotAllowed):
        reference_edits.change(
            session, session.scalars(sa.select(Bank)).first(), {"sort_order": 1},
            actor=chen, now=NOON,
        )  # fmt: skip


def test_a_day_named_off_counts_no_more_and_counts_again_when_taken_away(session, editor):
    values = {"name_zh": "盘点", "name_en": "Stocktaking"}
    day = TODAY + dt.timedelta(days=1)
    assert reference.calendar(session).is_workday(day)

    row = reference_edits.add_day(
        session, day, {"kind": "holiday", **values}, actor=editor, now=NOON
    )
    session.commit()
    assert not reference.calendar(session).is_workday(day)

    reference_edits.remove_day(session, row, actor=editor, now=NOON)
    session.commit()
    assert reference.calendar(session).is_workday(day)


def test_a_day_that_is_over_stays_as_it_was(session, editor):
    row = session.scalars(sa.select(WorkingDay).where(WorkingDay.date < TODAY)).first()

    with pytest.raises(Invalid):
        reference_edits.remove_day(session, row, actor=editor, now=NOON)
    with pytest.raises(Invalid):
        reference_edits.change(
            session, row, {"kind": "workday_swap", "name_zh": "甲"}, actor=editor, now=NOON
        )


def number(session, key):
    """Return the number of the fund in force."""
    return session.scalars(
        sa.select(PolicySetting).where(
            PolicySetting.scheme_id == find_scheme(session).id, PolicySetting.key == key
        )
    ).one()


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("payout_day_limit", "50,000", "setting_no_number"),
        ("payout_day_limit", "50000.005", "setting_places"),
        ("payout_day_limit", "-1", "setting_range"),
        ("interest_rate", "1.5", "setting_range"),
        ("interest_rate", "0.2001", "setting_range"),
        ("interest_rate", "1.5%", "setting_no_number"),
        ("interest_rate", "NaN", "setting_no_number"),
        ("interest_rate", "", "setting_empty"),
        ("interest_basis", "0", "setting_range"),
        ("decision_days", "3.5", "setting_places"),
        ("family_may_apply", "2", "setting_range"),
        ("decoration_cap_share", "50", "setting_range"),
    ],
)
def test_a_number_that_code_would_misread_is_refused(session, editor, key, typed, code):
    row = number(session, key)
    before = row.value

    with pytest.raises(Invalid) as refused:
        reference_edits.change(session, row, {"value": typed}, actor=editor, now=NOON)

    assert (refused.value.code, refused.value.field) == (code, "value")
    assert number(session, key).value == before


@pytest.mark.parametrize(
    ("key", "typed"),
    [("payout_day_limit", "50000"), ("payout_day_limit", ""), ("interest_rate", "0.0150")],
)
def test_a_number_that_may_be_is_taken(session, editor, key, typed):
    fresh = reference_edits.change(
        session, number(session, key), {"value": typed}, actor=editor, now=NOON
    )

    assert fresh.value == typed


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"key": "least_balance", "unit": "yuan", "value": "1"}, "setting_unknown", "key"),
        ({"key": "min_balance", "unit": "dollar", "value": "1"}, "setting_unit", "unit"),
        ({"key": "min_balance", "unit": "yuan", "value": "one"}, "setting_no_number", "value"),
    ],
)
def test_a_number_is_added_only_as_the_hall_reads_it(session, editor, values, code, field):
    scheme = find_scheme(session)

    with pytest.raises(Invalid) as refused:
        reference_edits.add(
            session, PolicySetting, {"scheme_id": scheme.id, **values}, actor=editor, now=NOON
        )

    assert (refused.value.code, refused.value.field) == (code, field)
