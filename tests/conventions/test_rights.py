"""Who may do what: the whole matrix as a reviewer reads it, and every address tried by everybody."""

import re

import pytest
from flask_appbuilder.api import BaseApi

from app.domain.terms import Role
from config import FAB_ROLES
from tests.factories import PASSWORD, Person, actor_of, make_staff

PINNED = {
    "applicant": ("Hall.apply+read Mine.read"),
    "first_reviewer": (
        "Calendar.read Cases.read Desk.decide+home+read Holders.read Materials.read "
        "Reference.read Reveal.read"
    ),
    "second_reviewer": (
        "Calendar.read Cases.read Desk.home+read+second Holders.read Materials.read "
        "Reference.read Reveal.read"
    ),
    "supervisor": (
        "Audit.read Calendar.read Cases.read Desk.home+read+supervise Holders.edit+read "
        "Imports.edit+read Materials.read Payouts.read Reference.read Reveal.read"
    ),
    "payer": ("Desk.home Payouts.prepare+read Reveal.read"),
    "releaser": ("Desk.home Payouts.read+release Reveal.read"),
    "auditor": (
        "Audit.read Calendar.read CaseEvents.read Cases.read Desk.home+read Health.read "
        "Holders.read Ledger.read Materials.read Payouts.read Reference.read"
    ),
    "package_editor": ("Calendar.edit+read Desk.home Packages.read Reference.edit+read"),
    "package_publisher": ("Calendar.read Desk.home Packages.publish+read Reference.read"),
    "user_admin": ("Desk.home Roles.read Staff.edit+read"),
    "security_officer": ("Audit.read Desk.home Health.read"),
    "installation_admin": (
        "Agencies.edit+read Calendar.read Desk.home Health.read Imports.edit+read "
        "Packages.publish+read Roles.read Staff.edit+read"
    ),
}
"""Role: surface.verbs; a change here is a change of who may do what, and is reviewed as one."""

STAFF = [role for role in Role if role not in (Role.APPLICANT, Role.WORKER)]


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
    """Return every address of a page that asks for a right: rule, surface and verb."""
    views = {type(view).__name__: view for view in app.extensions["appbuilder"].baseviews}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = views.get(rule.endpoint.split(".")[0])
        deed = rule.endpoint.split(".")[-1]
        if view is None or isinstance(view, BaseApi):
            continue
        asked = getattr(getattr(type(view), deed, None), "_permission_name", "")
        if asked:
            verb = (view.method_permission_name or {}).get(deed, asked)
            yield rule, view.class_permission_name, f"can_{verb}"


def address(rule):
    """Fill an address with values that no row has."""
    return re.sub(r"<(?:int:)?[^>]+>", "999999", rule.rule)


@pytest.mark.parametrize("role", PINNED)
def test_a_role_may_do_what_is_written_here_and_no_more(role):
    assert said(role) == PINNED[role]


def test_no_role_is_left_out():
    assert set(PINNED) == {str(role) for role in FAB_ROLES}


@pytest.mark.parametrize("role", STAFF)
def test_staff_open_what_their_role_grants_and_nothing_else(app, rows, browse, role):
    with rows() as session:
        member = make_staff(session, f"only-{role}", role)
        person = Person(f"only-{role}", PASSWORD, actor_of(session, member), member.name)
    client = browse().sign_in(person).client

    wrong = tried(app, client, granted(role))

    assert not wrong


def test_an_applicant_opens_own_pages_and_nothing_else(app, browse):
    assert not tried(app, browse("ana").client, granted(Role.APPLICANT))


def tried(app, client, grants):
    """Open every guarded address; return those answered otherwise than the grants say."""
    wrong = []
    for rule, surface, verb in guarded(app):
        if "GET" not in rule.methods:
            continue
        refused = client.get(address(rule)).status_code == 403
        if refused is ((surface, verb) in grants):
            wrong.append((rule.rule, surface, verb, "refused" if refused else "served"))
    return wrong


def test_nothing_is_done_without_the_right_even_with_a_token(app, rows, browse):
    with rows() as session:
        make_staff(session, "nobody", Role.SECURITY_OFFICER)
    person = Person("nobody", PASSWORD, None, "nobody")
    browser = browse().sign_in(person)
    page = browser.open("/password/")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    grants = granted(Role.SECURITY_OFFICER)

    served = [
        rule.rule
        for rule, surface, verb in guarded(app)
        if "POST" in rule.methods and (surface, verb) not in grants
        and browser.client.post(address(rule), data={"csrf_token": token}).status_code != 403
    ]  # fmt: skip

    assert not served
