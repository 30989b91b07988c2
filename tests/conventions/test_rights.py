"""Who may do what: the whole matrix as a reviewer reads it, and every address tried by everybody."""

import re

import pytest
from flask_appbuilder.api import BaseApi

from app.domain.terms import Role
from config import FAB_ROLES
from tests.bars import FULL

PINNED = {
    "applicant": ("Hall.apply+read Mine.read"),
    "first_reviewer": (
        "Calendar.read Cases.read Counter.read+work Desk.decide+home+read Holders.read Materials.read "
        "Reference.read Reveal.read"
    ),
    "second_reviewer": (
        "Calendar.read Cases.read Desk.home+read+second Holders.read Materials.read "
        "Reference.read Reveal.read"
    ),
    "supervisor": (
        "Audit.read Calendar.read Cases.read Counter.read+work Desk.home+read+supervise Feedback.answer+read Holders.edit+read "
        "Imports.edit+read Materials.read Payouts.read+stop Reference.read Reveal.read"
    ),
    "payer": ("Desk.home Payouts.prepare+read+stop Reveal.read"),
    "releaser": ("Desk.home Imports.read+release Payouts.read+release+stop Reveal.read"),
    "auditor": (
        "Audit.read Calendar.read CaseEvents.read Cases.read Desk.home+read Feedback.read Health.read "
        "Holders.read Ledger.read Materials.read Payouts.read Reference.read"
    ),
    "package_editor": (
        "Calendar.edit+read Desk.home FrontNotices.edit+read Packages.read Reference.edit+read"
    ),
    "package_publisher": ("Calendar.read Desk.home Packages.publish+read Reference.read"),
    "user_admin": ("Desk.home Roles.read Staff.edit+read"),
    "security_officer": ("Audit.read Desk.home Health.read"),
    "installation_admin": (
        "Agencies.edit+read Calendar.read Desk.home FrontNotices.edit+read Health.read Imports.edit+read "
        "Packages.publish+read Payouts.stop Roles.read Staff.edit+read"
    ),
}
"""Role: surface.verbs; a change here is a change of who may do what, and is reviewed as one."""

STAFF = [role for role in Role if role not in (Role.APPLICANT, Role.WORKER)]
EVERY = 1 if FULL else 12
"""Which part of the addresses each role tries every day: one in so many, all roles together all."""


def granted(role):
    """Return surface and verb of every grant of a role, menus left out."""
    pairs = [(view.strip("^$"), verb.strip("^$")) for view, verb in FAB_ROLES.get(role, [])]
    return {(view, verb) for view, verb in pairs if verb.startswith("can_")}


def said(role):
    """Return the grants of a role in one line."""
    verbs = {}
    for view, verb in sorted(granted(role)):
        verbs.setdefault(view, []).append(verb.removeprefix("can_"))
    return " ".join(f"{view}.{'+'.join(deeds)}" for view, deeds in sorted(verbs.items()))


def guarded(app):
    """Return every address of a page that asks for a right: method, rule, surface, verb."""
    views = {type(view).__name__: view for view in app.extensions["appbuilder"].baseviews}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = views.get(rule.endpoint.split(".")[0])
        deed = rule.endpoint.split(".")[-1]
        if view is None or isinstance(view, BaseApi):
            continue
        asked = getattr(getattr(type(view), deed, None), "_permission_name", "")
        if asked:
            verb = (view.method_permission_name or {}).get(deed, asked)
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, rule, view.class_permission_name, f"can_{verb}"


def address(rule):
    """Fill an address with values that no row has."""
    return re.sub(r"<(?:int:)?[^>]+>", "999999", rule.rule)


@pytest.mark.parametrize("role", PINNED)
def test_a_role_may_do_what_is_written_here_and_no_more(role):
    assert said(role) == PINNED[role]


def test_no_role_is_left_out():
    assert set(PINNED) == {str(role) for role in FAB_ROLES}


@pytest.mark.whole
@pytest.mark.bar(13)
def test_staff_open_what_their_role_grants_and_nothing_else(hall, record_property):
    wrong, asked = [], 0
    for order, role in enumerate(STAFF):
        grants = granted(role)
        for place, (method, rule, surface, verb) in enumerate(guarded(hall.app)):
            may = (surface, verb) in grants
            opens = may and method == "GET" and "<" not in rule.rule
            if (opens or (place + order) % EVERY == 0) and rule.endpoint not in BY_DEED:
                asked += 1
                answer = hall.ask(role, method, address(rule))
                refused = answer.startswith("403")
                as_granted = refused is not may or (may and OF_A_ROW.match(rule.rule))
                if not as_granted or answer.startswith("5"):
                    wrong.append((role, method, rule.rule, surface, verb, answer))

    record_property("number", f"{asked:,} answers, {len(STAFF)} roles, {len(wrong)} wrong")
    assert not wrong


BY_DEED = (
    "DeskView.many", "CaseView.act", "RevealView.show", "PayoutRunView.settle",
    "PayoutRunView.go_on", "ReversalView.propose",
)  # fmt: skip
"""Forms of several deeds: each deed asks for a right of its own."""

OF_A_ROW = re.compile(
    r"/(desk/(payouts|payout-switch|reconciliation|reversals|bank-files|contributions|monthly)"
    r"|office/accounts-import)/.*<"
)
"""Pages of money answer of a row that is not there as of one that is another agency's: 403."""
