"""Every address × method × person × own or foreign row, as one table: matrix.txt.

A line: method, address, then what each of the people is answered. ``login`` is the way to the
log-in page, ``302`` any other way on, ``a/b`` the own agency's row and another's. Where a row is
named, ``owner`` and ``other`` both ask for the owner's. ``ANJU_MATRIX=write`` writes the table
anew; what it changes is reviewed as a change of rights.
"""

import os
import re
from pathlib import Path

import pytest

from tests.bars import FULL
from tests.conventions.matrix_world import PEOPLE

TABLE = Path(__file__).with_name("matrix.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WRITES = os.environ.get("ANJU_MATRIX") == "write"
EVERY = 1 if FULL or WRITES else 10
"""Which part of the cells is asked every day: one in so many, each line with some of them."""

PUBLIC = {
    "FrontView.index",
    "HelpView.index",
    "HelpView.topic",
    "HelpView.agreement",
    "HelpView.privacy",
    "FrontView.guide",
    "HelpView.accessibility",
    "PublicProgressView.ask",  # by number, mobile and a code
    "CheckView.ask",  # a receipt, by the code on it
    "EstimateView.index",
    "FeedbackView.index",
    "FeedbackView.thanks",
    "FeedbackView.answer",  # of a rating, by the code given for it
    "SignInView.login",
    "RegisterView.index",
    "RegisterView.code",
    "RecoverView.index",
    "RecoverView.code",
    "ContactView.index",
    "ContactView.code",
    "DocumentApi.describe",
    "InstalledView.manifest",  # the names of the hall as an app of the phone
    "InstalledView.worker",
    "InstalledView.offline",
    "DevelopmentView.sms",  # not there in production
    "healthz",
    "readyz",
    "metrics",  # to this machine only
    "static",
    "appbuilder.static",
}
"""Endpoints that anybody may open, signed in or not."""


def lines_of(app):
    """Return method and rule of everything that can be asked."""
    return [
        (method, rule)
        for rule in sorted(
            app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)
        )
        for method in METHODS
        if method in rule.methods
    ]


def read_table():
    """Return the written answers: by method and address, one cell a person."""
    rows = [line.split() for line in TABLE.read_text().splitlines() if line[:1].isupper()]
    return {(method, route): cells for method, route, *cells in rows}


def test_every_address_has_a_line_and_every_line_an_address(app):
    there = {(method, rule.rule) for method, rule in lines_of(app)}

    assert not sorted(there ^ read_table().keys())


def test_no_line_is_a_fault_or_a_write_by_reading():
    odd = [
        (key, cell)
        for key, cells in read_table().items()
        for cell in cells
        if not re.fullmatch(r"(login|[234]\d\d)(/(login|[234]\d\d))?", cell)
    ]

    assert not odd


def test_a_stranger_is_served_public_pages_only(app):
    table = read_table()
    served = {
        rule.endpoint
        for method, rule in lines_of(app)
        if table.get((method, rule.rule), [""])[0] in ("200", "201")
    }

    assert served <= PUBLIC


def test_an_auditor_changes_nothing():
    deeds = {
        key: cells[-1]
        for key, cells in read_table().items()
        if key[0] != "GET" and cells[-1] not in ("401", "403", "403/403", "404", "404/404")
    }

    assert {key for key in deeds if not OWN_AFFAIRS.match(key[1])} <= READING


OWN_AFFAIRS = re.compile(
    r"/(again|devices|login|logout|password|second-factor|recover|register|contact-change|csp-report"
    r"|progress|connections|api/v1/security|feedback|desk/tour)\b"
)
"""What everybody does for themselves: the way in, the own password, public questions."""

READING = {
    ("POST", route)
    for route in (
        "/applicants/find", "/applicants/search", "/users/search", "/desk/queue/",
        "/desk/case/<int:case_id>/do", "/office/audit-proof/",
        "/desk/papers/<int:case_id>/dossier", "/desk/accounts/find",
    )
}  # fmt: skip
"""What asks by a form because the address must not say it; a deed on a case answers 422 to an
auditor who names none, and 403 to one who names any."""


def test_no_line_serves_a_foreign_row():
    wrong = [
        (key, cell)
        for key, cells in read_table().items()
        for who, cell in zip(PEOPLE, cells, strict=True)
        if cell.partition("/")[2] in SERVED and not (who == "admin" and OF_ALL.match(key[1]))
    ]

    assert not wrong


def test_no_line_serves_an_applicant_the_rows_of_another():
    table = read_table()
    of_one = {key: cells for key, cells in table.items() if OWNED.match(key[1])}

    assert len(of_one) > 20
    assert not {key: cells for key, cells in of_one.items() if cells[2] in SERVED}


SERVED = {"200", "201", "302"}
OWNED = re.compile(r"/hall/.*<int:|/my-\w+/show/|/api/v1/applications/<")
"""Addresses of rows that belong to one applicant."""


OF_ALL = re.compile(r"/users/|/office/(agencies|imports)/")
"""Rows that the administrator of the installation sees at every agency: no case, no money."""


@pytest.mark.bar(13)
def test_everybody_is_answered_as_the_table_says(hall, record_property):
    written, found = ({} if WRITES else read_table()), {}
    for place, (method, rule) in enumerate(lines_of(hall.app)):
        for order, who in enumerate(PEOPLE):
            if (place + order) % EVERY == 0:
                found[method, rule.rule, who] = hall.cell(who, method, rule)
    if WRITES:
        write_table(hall.app, found)
        written = read_table()
    wrong = {
        key: (said, written[key[:2]][PEOPLE.index(key[2])])
        for key, said in found.items()
        if key[:2] in written and said != written[key[:2]][PEOPLE.index(key[2])]
    }

    record_property(
        "number", f"{len(found):,} answers, {len(PEOPLE)} people, {len(wrong)} wrong"
    )
    assert not wrong


def write_table(app, found):
    """Write the table anew, its columns under each other."""
    rows = [["METHOD", "address", *PEOPLE]]
    for method, rule in lines_of(app):
        cells = [found.get((method, rule.rule, who), "-") for who in PEOPLE]
        rows.append([method, rule.rule, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    TABLE.write_text("# " + text[0] + "\n" + "\n".join(text[1:]) + "\n")
