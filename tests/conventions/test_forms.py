"""Forms: none is taken without its token, each carries a key, none takes more than it asks or holds."""

import re

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from jinja2 import FunctionLoader

from app.extensions import db
from tests.bars import FULL
from tests.browser.client import filled
from tests.conventions.matrix_hall import Hall
from tests.conventions.matrix_world import PEOPLE
from tests.conventions.sources import TEMPLATES, name_of, templates
from tests.conventions.test_matrix import lines_of

EVERY = 1 if FULL else 12
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}

OTHER_PROOF = re.compile(r"/api/v1/|/csp-report|/wechat/<agency>/$")
"""What no browser sends by itself: a token in the header, or the platform's own signature."""

POST_FORM = re.compile(r"<form[^>]*method=\"post\"[^>]*>.{0,120}", re.DOTALL)
CARRIED = ("token()", "begin()", "{{ seen }}")
"""The token and the key, or a part of the page that holds them."""

ASKS_ONLY = ("office/audit-proof.html", "screens/applicants.html", "screens/search.html")
"""Forms that change nothing: they ask for what an address must not say."""

EXTRA = {
    "status": "approved", "amount_allowed": "999999.99", "amount_fen": "99999999",
    "applicant_id": "2", "owner_id": "2", "agency_id": "2", "account_id": "2", "user_id": "1",
    "approver": "1", "approvals_required": "1", "decided_at": "2026-11-18T00:00:00Z",
    "is_admin": "1",
}  # fmt: skip
"""Twelve fields that no form has, named as columns that decide about money and rights."""

GUARDED = (
    "application", "account", "payout", "payout_batch", "payout_resolution", "applicant",
    "staff", "role_grant", "bank_card", "ab_user", "ab_user_role", "policy_setting", "agency",
)  # fmt: skip
RANDOM = re.compile(
    r"sealed|seal_id|password|hash|email|changed_on|created_on|_at$|number_index"
)


@pytest.fixture
def drawn(app):
    """The hall with its real pages; tokens are looked for by a test of their own."""
    tokens = {
        key: app.config.get(key) for key in ("WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_ENABLED")
    }
    app.config.update(dict.fromkeys(tokens, False))
    tried = Hall(app)
    yield tried
    tried.close()
    app.config.update(tokens)
    tried.put_back()


@pytest.fixture
def strict(app):
    """The hall with its tokens on and without drawing pages."""
    loader, app.jinja_env.loader = app.jinja_env.loader, FunctionLoader(lambda _name: "-")
    tried = Hall(app)
    yield tried
    tried.close()
    app.jinja_env.loader = loader


def test_nothing_is_changed_without_the_token_of_the_form(strict):
    taken = {}
    for rule in strict.app.url_map.iter_rules():
        for method in sorted(rule.methods & CHANGING):
            if not OTHER_PROOF.match(rule.rule):
                address, _foreign = strict.world.addresses(strict.app, rule)
                if (said := strict.ask("owner", method, address)) != "400":
                    taken[method, rule.rule] = said

    assert not taken


def test_every_form_that_changes_something_carries_token_and_key():
    bare = [
        (name_of(path), found[:120])
        for path in templates()
        if str(path.relative_to(TEMPLATES)) not in ASKS_ONLY
        for found in POST_FORM.findall(path.read_text(encoding="utf-8"))
        if not any(mark in found for mark in CARRIED)
    ]

    assert not bare


def way_of(form):
    """Return how a form is sent."""
    return str(form.get("method") or "get").lower()


def forms_of(hall, who, ways=("post",)):
    """Give every form that somebody finds: where it goes, what it holds as it stands, its tag."""
    seen = set()
    rules = [rule for method, rule in lines_of(hall.app) if method == "GET"]
    for rule in rules[len(who) % EVERY :: EVERY]:
        address, _foreign = hall.world.addresses(hall.app, rule)
        if rule.endpoint.endswith("static"):
            continue
        page = hall.client.get(address, headers={"Cookie": hall.world.visitors[who].cookie})
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        for order, form in enumerate(BeautifulSoup(page.data, "html.parser").select("form")):
            target = str(form.get("action") or address)
            if way_of(form) in ways and (target, order) not in seen:
                seen.add((target, order))
                values = filled(form).to_dict(flat=False)
                values.pop("form_key", None)
                button = form.select_one("button[name]")
                if button is not None:
                    values[str(button["name"])] = [str(button.get("value", ""))]
                yield target, values, form


def sent(hall, who, target, values):
    """Send a form and return every guarded row after it; then put the hall back."""
    cookie = {"Cookie": hall.world.visitors[who].cookie}
    hall.client.post(target, headers=cookie, data=values)
    with hall.app.app_context():
        rows = {name: guarded_rows(name) for name in GUARDED}
        db.session.remove()
    hall.put_back()
    return rows


def guarded_rows(name):
    table = sa.Table(name, db.metadata)
    columns = [column for column in table.columns if not RANDOM.search(column.name)]
    return sorted(map(repr, db.session.execute(sa.select(*columns))))


WHO = (*PEOPLE[1:], "supervisor", "package_editor", "user_admin", "releaser")


@pytest.mark.bar(14)
def test_no_form_takes_more_than_it_asks(drawn, record_property):
    changed, tried = [], 0
    for who in WHO if FULL else ("owner", "package_editor"):
        for order, (target, values, _form) in enumerate(list(forms_of(drawn, who))):
            more = {name: [value] for name, value in EXTRA.items() if name not in values}
            plain = sent(drawn, who, target, values)
            if sent(drawn, who, target, values | more) != plain:
                changed.append((who, target, order))
            tried += 1

    record_property(
        "number", f"{tried} forms, {len(EXTRA)} more fields, {len(changed)} changed"
    )
    assert tried > (60 if FULL else 1)
    assert not changed


TYPED = "input:not([type]), textarea, input" + "".join(
    f":not([type={kind}])"
    for kind in ["hidden", "submit", "button", "checkbox", "radio", "file", "image", "reset"]
)
"""What a person types into."""

LONG = 10_000
FLOODS = ("9" * LONG, "长" * LONG)
"""Ten thousand signs: a number no machine holds, a word no field holds."""


def flooded(values, form, text):
    """Return what a form sends when every field of it is full."""
    typed = {str(tag["name"]): [text] for tag in form.select(TYPED) if tag.has_attr("name")}
    return values | {name: full for name, full in typed.items() if name != "csrf_token"}


def too_long(hall):
    """Name every column that holds more than it says, or the flood."""
    found = []
    with hall.app.app_context():
        for table in db.metadata.tables.values():
            held = [
                column for column in table.columns if column.type.python_type in (str, bytes)
            ]
            sizes = [sa.func.max(sa.func.length(column)) for column in held]
            most = db.session.execute(sa.select(*sizes)).one() if held else ()
            for column, size in zip(held, most, strict=True):
                if (size or 0) > (getattr(column.type, "length", None) or LONG - 1):
                    found.append(f"{table.name}.{column.name}: {size}")
        db.session.remove()
    return found


def is_readable(answer):
    """Tell whether an answer is a page with a heading, a way on, or a sentence of the interface."""
    if answer.status_code >= 500:
        return False
    if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303):
        return True
    return bool(BeautifulSoup(answer.data, "html.parser").h1)


@pytest.mark.bar(14)
def test_ten_kilobytes_in_every_field_are_neither_a_fault_nor_kept(drawn, record_property):
    wrong, tried = [], 0
    for who in WHO if FULL else ("owner", "first"):
        cookie = {"Cookie": drawn.world.visitors[who].cookie}
        for target, values, form in list(forms_of(drawn, who, ("post", "get"))):
            way = way_of(form)
            for text in FLOODS if FULL else (FLOODS[tried % 2],):
                full = flooded(values, form, text)
                sending = {"data" if way == "post" else "query_string": full}
                drawn.written = False
                answer = drawn.client.open(
                    target, method=way.upper(), headers=cookie, **sending
                )
                if not is_readable(answer):
                    wrong.append((who, way, target, answer.status_code))
                if drawn.written:
                    wrong += [(who, target, name) for name in too_long(drawn)]
                    drawn.put_back()
                tried += 1

    record_property("number", f"{tried} forms, {len(wrong)} wrong")
    assert tried > (60 if FULL else 2)
    assert not wrong


BODIES = {
    "": {"account_id": 1, "reason_code": "ZFFZ", "closing": False},
    "/{draft}/steps/basic": {"answers": {"mobile": "13900000001", **EXTRA}},
    "/{draft}/house": {"lookup_by": "filing_contract_no", "number": "340199202600001"},
    "/{draft}/submit": {"agree": True},
    "/{case}/cancel": {},
}
"""What the interface takes, by address."""


@pytest.mark.whole
@pytest.mark.bar(14)
def test_the_interface_takes_no_more_than_it_describes(drawn, record_property):
    record_property("number", f"{len(BODIES)} addresses, {len(EXTRA)} more fields")
    token = {"Authorization": f"Bearer {drawn.world.visitors['owner'].token}"}
    own = drawn.world.own
    for address, body in BODIES.items():
        method = "PUT" if "steps" in address or "house" in address else "POST"
        place = f"/api/v1/applications{address.format(**own) or '/'}"
        found = []
        for more in ({}, EXTRA):
            drawn.client.open(place, method=method, headers=token, json=body | more)
            with drawn.app.app_context():
                found.append({name: guarded_rows(name) for name in GUARDED})
                db.session.remove()
            drawn.put_back()
        assert found[0] == found[1] or more_is_refused(drawn, place, method, token, body)


def more_is_refused(hall, place, method, token, body):
    """Tell whether a body with more fields is refused as a whole."""
    answer = hall.client.open(place, method=method, headers=token, json=body | EXTRA)
    hall.put_back()
    return answer.status_code == 422
