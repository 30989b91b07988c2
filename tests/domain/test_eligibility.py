"""Who may withdraw now, and everything that stands in the way."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.eligibility import (
    AccountStanding,
    ReasonTerms,
    kind_for,
    next_allowed_date,
    next_date_after_payoff,
    problems_of,
    refuse,
)
from app.domain.errors import ManyProblems
from app.domain.house import BuyerStanding, House, Outcome, house_problems
from app.domain.months import add_months
from app.domain.terms import AccountState, Closes, Kind, Lookup

TODAY = date(2026, 10, 8)


def account(state=AccountState.NORMAL, **more):
    """An account nothing stands against, but for what is named."""
    return AccountStanding(state, **more)


def reason(**changes):
    """A reason that is open to all, but for the changes."""
    usual = {
        "code": "CHDK",
        "name_zh": "偿还购房贷款本息",
        "name_en": "Repay home loan",
        "kinds": frozenset({Kind.FIRST, Kind.SUBSEQUENT}),
        "closes": Closes.NEVER,
        "default_kind": Kind.FIRST,
        "min_interval_months": 12,
    }
    return ReasonTerms(**{**usual, **changes})


LEAVING = {
    "kinds": frozenset({Kind.CLOSING}),
    "closes": Closes.ALWAYS,
    "default_kind": Kind.CLOSING,
    "min_interval_months": None,
}


def problems(standing, terms=None, kind=Kind.FIRST, last_paid=None, on=TODAY):
    """The problems as pairs of return reason and why."""
    found = problems_of(standing, terms or reason(), kind, last_paid=last_paid, on=on)
    return [(each.return_reason, each.because) for each in found]


def test_a_normal_account_may_withdraw():
    assert problems(account()) == []


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (account(AccountState.FROZEN), ("N02", "account_frozen")),
        (account(AccountState.CLOSED_BY_WITHDRAWAL), ("N02", "account_closed")),
        (account(AccountState.CLOSED_BY_TRANSFER), ("N02", "account_closed")),
        (account(AccountState.CLOSED_BY_MERGER), ("N02", "account_closed")),
        (account(AccountState.OTHER), ("N02", "account_closed")),
        (account(AccountState.SEALED), ("N04", "sealed_only_closing")),
        (account(ban_until=date(2026, 10, 9)), ("N03", "banned")),
        (account(owes_refund=True), ("N04", "refund_due")),
        (account(open_application_no="BT20261008000127"), ("N05", "open_application")),
    ],
)
def test_each_obstacle_of_the_account_has_its_reason(standing, expected):
    assert problems(standing) == [expected]


def test_a_ban_ends_on_its_day():
    assert problems(account(ban_until=TODAY)) == []


def test_a_partly_frozen_account_may_withdraw_but_not_close():
    standing = account(frozen_amount=Decimal(5))

    assert problems(standing) == []
    assert problems(standing, reason(**LEAVING), Kind.CLOSING) == [("N02", "partly_frozen")]


def test_nothing_closes_while_contributions_are_on_the_way():
    standing = account(contributions_in_flight=True)

    assert problems(standing) == []
    assert problems(standing, reason(**LEAVING), Kind.CLOSING) == [
        ("N04", "contributions_in_flight")
    ]


@pytest.mark.parametrize(
    ("sealed_since", "expected"),
    [
        (None, [("N04", "not_sealed")]),
        (date(2026, 4, 9), [("N04", "sealed_too_short")]),
        (date(2026, 4, 8), []),
    ],
)
def test_leaving_rests_on_the_account_having_been_sealed(sealed_since, expected):
    standing = account(AccountState.SEALED, sealed_since=sealed_since)
    terms = reason(**LEAVING, sealed_months=6)

    assert problems(standing, terms, Kind.CLOSING) == expected


@pytest.mark.parametrize(
    ("changes", "kind", "expected"),
    [
        ({"enabled": False}, Kind.FIRST, "reason_not_offered"),
        ({"valid_from": date(2026, 10, 9)}, Kind.FIRST, "reason_not_offered"),
        ({"valid_to": date(2026, 10, 7)}, Kind.FIRST, "reason_not_offered"),
        ({}, Kind.CLOSING, "kind_not_offered"),
    ],
)
def test_a_reason_counts_only_as_it_is_offered(changes, kind, expected):
    assert problems(account(), reason(**changes), kind) == [("N04", expected)]


def test_a_reason_counts_on_its_first_and_last_day():
    assert problems(account(), reason(valid_from=TODAY, valid_to=TODAY)) == []


def test_the_same_reason_waits_for_its_interval():
    early = problems(account(), kind=Kind.SUBSEQUENT, last_paid=date(2025, 10, 9))
    due = problems(account(), kind=Kind.SUBSEQUENT, last_paid=date(2025, 10, 8))

    assert (early, due) == ([("N06", "too_early")], [])


def test_all_obstacles_are_told_together():
    standing = account(
        AccountState.FROZEN,
        ban_until=date(2027, 1, 1),
        open_application_no="BT20261008000127",
    )

    found = problems_of(standing, reason(), Kind.CLOSING, last_paid=date(2026, 5, 31), on=TODAY)

    assert [each.return_reason for each in found] == ["N02", "N03", "N05", "N04", "N06"]
    with pytest.raises(ManyProblems) as refusal:
        refuse(found)
    [_, banned, open_case, _, early] = refusal.value.problems
    assert banned.facts == {"return_reason": "N03", "ban_until": date(2027, 1, 1)}
    assert open_case.facts["application_no"] == "BT20261008000127"
    assert (early.code, early.facts["next_date"]) == ("too_early", date(2027, 5, 31))
    assert early.facts["reason_zh"] == "偿还购房贷款本息"


def test_no_obstacle_refuses_nobody():
    refuse([])


@pytest.mark.parametrize(
    ("closes", "usual", "paid_before", "chosen", "kind"),
    [
        (Closes.NEVER, Kind.FIRST, False, None, Kind.FIRST),
        (Closes.NEVER, Kind.FIRST, True, None, Kind.SUBSEQUENT),
        (Closes.NEVER, Kind.SUBSEQUENT, False, None, Kind.FIRST),
        (Closes.NEVER, Kind.FIRST, True, True, Kind.SUBSEQUENT),
        (Closes.ALWAYS, Kind.CLOSING, True, False, Kind.CLOSING),
        (Closes.OPTIONAL, Kind.CLOSING, False, None, Kind.CLOSING),
        (Closes.OPTIONAL, Kind.CLOSING, False, False, Kind.FIRST),
        (Closes.OPTIONAL, Kind.CLOSING, True, False, Kind.SUBSEQUENT),
        (Closes.OPTIONAL, Kind.FIRST, True, True, Kind.CLOSING),
    ],
)
def test_the_kind_follows_from_history_and_choice(closes, usual, paid_before, chosen, kind):
    terms = reason(closes=closes, default_kind=usual)

    assert kind_for(terms, paid_before=paid_before, chosen_closing=chosen) is kind


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 9, 20), 120, date(2036, 9, 20)),
        (date(2026, 9, 20), 0, date(2026, 9, 20)),
    ],
)
def test_months_are_counted_by_the_calendar(day, months, expected):
    assert add_months(day, months) == expected


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 240))
def test_a_month_later_is_in_that_month(day, months):
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_a_reason_without_interval_or_history_is_open_at_once():
    assert next_allowed_date(None, 12) is None
    assert next_allowed_date(TODAY, None) is None


def test_a_payoff_counts_as_many_months_as_instalments():
    assert next_date_after_payoff(TODAY, Decimal(7999), Decimal(2000)) == date(2027, 1, 8)


HOUSE_SETTINGS = {"purchase_window_years": Decimal(2)}


def house(**changes):
    """A house bought this summer, as the registry found it, but for the changes."""
    usual = {
        "house_key": "2026-0811-11562",
        "lookup": Lookup.FOUND,
        "dated": date(2026, 8, 11),
        "price": Decimal(1250000),
    }
    return House(**{**usual, **changes})


def about(found, buyer=None):
    """What is said about a house."""
    standing = buyer or BuyerStanding(is_buyer=True)
    return [
        (each.outcome, each.because)
        for each in house_problems(
            found, standing, HOUSE_SETTINGS, TODAY, max_times_per_house=2
        )
    ]


def test_a_house_found_and_in_time_stands_in_no_way():
    assert about(house()) == []


@pytest.mark.parametrize(
    ("lookup", "outcome"),
    [
        (Lookup.NOT_FOUND, Outcome.MANUAL),
        (Lookup.NOT_FILED, Outcome.REFUSE),
        (Lookup.OWNER_MISMATCH, Outcome.MANUAL),
        (Lookup.SEALED, Outcome.REFUSE),
        (Lookup.CANCELLED, Outcome.REFUSE),
        (Lookup.NOT_RESIDENTIAL, Outcome.REFUSE),
        (Lookup.UNAVAILABLE, Outcome.RETRY),
    ],
)
def test_each_answer_of_the_registry_has_its_outcome(lookup, outcome):
    [(found, _)] = about(house(lookup=lookup))

    assert found is outcome


def test_a_house_that_nobody_found_tells_nothing_else():
    unknown = house(lookup=Lookup.UNAVAILABLE, dated=date(2000, 1, 1))

    assert len(about(unknown, BuyerStanding(is_buyer=False))) == 1


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        (date(2024, 10, 8), []),
        (date(2024, 10, 7), [(Outcome.REFUSE, "house_too_long_ago")]),
        (None, []),
    ],
)
def test_a_purchase_counts_within_its_years(dated, expected):
    assert about(house(dated=dated)) == expected


def test_a_buyer_outside_the_family_goes_to_the_staff():
    assert about(house(), BuyerStanding(is_buyer=False)) == [
        (Outcome.MANUAL, "house_owner_mismatch")
    ]


def test_a_house_used_up_or_held_elsewhere_is_told_at_once():
    family = BuyerStanding(
        is_buyer=True, times_withdrawn=2, withdrawn_for_house=Decimal(1250000)
    )

    assert about(house(bound_to="GJ20261001000001"), family) == [
        (Outcome.REFUSE, "house_times_used"),
        (Outcome.REFUSE, "house_price_used_up"),
        (Outcome.MANUAL, "house_in_other_case"),
    ]
