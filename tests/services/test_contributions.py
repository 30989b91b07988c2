"""Contributions by file: looked at, posted whole or not at all, once, late ones kept."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa

from app.domain.errors import NotAllowed
from app.domain.policy import WORKER
from app.domain.terms import AccountState, Role
from app.models import ContributionBatch, ContributionLine, JournalEntry, Posting
from app.services.accounting import contributions, entries, posting_proofs, verification
from app.services.accounting.contributions import import_contributions
from tests.factories import NOON, actor_of, make_staff
from tests.money import make_funded

HEADER = "agency,scheme,account_number,amount,value_date,name\n"


@pytest.fixture
def accounts(session):
    """Make three accounts with 1000 yuan each."""
    return [make_funded(session, 1000) for _ in range(3)]


def line(account, amount="100.10", day="2026-11-01", name=""):
    """Return a line of a file."""
    agency, scheme = account.scheme.agency.code, account.scheme.code
    return f"{agency},{scheme},{account.number},{amount},{day},{name}\n"


def file_of(*lines, trailer=""):
    """Return a file with its trailer, by default the right one."""
    total = sum(Decimal(one.split(",")[3]) for one in lines) if not trailer else 0
    end = trailer or f"#TRAILER,{len(lines)},{total},2026-11"
    return (HEADER + "".join(lines) + end + "\n").encode()


def take(session, data, actor=WORKER, **more):
    """Import a file and commit."""
    report = import_contributions(session, data, actor=actor, now=NOON, **more)
    session.commit()
    return report


def told(report):
    """Return line, column and sentence of what is wrong."""
    return [(one.line, one.column, one.why_en) for one in report.problems]


@pytest.mark.both
def test_a_file_is_posted_line_by_line(kind, session, accounts):
    report = take(session, file_of(*(line(one) for one in accounts), line(accounts[0], "5")))
    assert (report.rows, report.total, report.problems) == (4, Decimal("305.30"), ())
    assert [one.available for one in accounts] == [Decimal("1105.10")] + [
        Decimal("1100.10")
    ] * 2
    assert session.scalar(sa.select(sa.func.count(ContributionLine.id))) == 4
    assert [*verification.verify(session)] == []


def test_a_preview_posts_nothing(session, accounts):
    report = take(session, file_of(line(accounts[0])), preview=True)
    assert (report.batch_id, report.problems, report.total) == (None, (), Decimal("100.10"))
    assert accounts[0].available == 1000


def test_one_bad_line_keeps_all_lines_out(session, accounts):
    bad = [
        line(accounts[0], "-5"), line(accounts[1], "1.234"), line(accounts[2], "0"),
        line(accounts[0], day="2027-01-01"), line(accounts[1], name="别人"),
        line(accounts[2]).replace(accounts[2].number, "S999"), line(accounts[0]),
    ]  # fmt: skip
    report = take(session, file_of(*bad))
    assert [(number, column) for number, column, _ in told(report)] == [
        (2, "amount"), (3, "amount"), (4, "amount"), (5, "value_date"), (6, "name"),
        (7, "account_number"),
    ]  # fmt: skip
    assert [one.available for one in accounts] == [1000] * 3


@pytest.mark.parametrize(
    ("trailer", "column"),
    [("#TRAILER,2,100.10,x", "count"), ("#TRAILER,1,100.11,x", "total"), ("#TRAILER", "")],
)
def test_what_is_declared_must_be_there(session, accounts, trailer, column):
    report = take(session, file_of(line(accounts[0]), trailer=trailer))
    assert [where for _, where, _ in told(report)] == [column]
    assert accounts[0].available == 1000


@pytest.mark.parametrize("amount", ["１００.１０", "1e2", "1_00", '"1,50"', "100.", ".5"])
def test_an_amount_is_written_in_one_way(session, accounts, amount):
    data = file_of(line(accounts[0], amount), trailer="#TRAILER,1,100.10,x")
    assert [(number, column) for number, column, _ in told(take(session, data))] == [
        (2, "amount")
    ]


def test_without_a_reference_the_same_lines_are_posted_once(session, accounts):
    lines = [line(accounts[0]), line(accounts[1], "5.00")]
    first = take(session, file_of(*lines, trailer="#TRAILER,2,105.10"), name="a.csv")
    saved = file_of(
        line(accounts[1], "5"), line(accounts[0], day="2026/11/01"), trailer="#TRAILER,2,105.1"
    )
    again = take(session, saved, name="b.csv")
    assert first.batch_id
    assert (again.batch_id, again.reference) == (None, first.reference)
    [(_, column, why)] = told(again)
    assert column == "reference"
    assert "a.csv" in why
    later = file_of(
        *(one.replace("11-01", "11-02") for one in lines), trailer="#TRAILER,2,105.10"
    )
    assert take(session, later).batch_id
    assert take(session, file_of(*lines)).batch_id


@pytest.mark.both
def test_a_file_posted_by_another_at_the_same_moment_is_said_to_be_there(
    kind, session, accounts, monkeypatch
):
    data = file_of(line(accounts[0]))
    take(session, data)
    check, looks = contributions._check_new, []

    def look(*given):
        looks.append(given)
        if len(looks) > 1:
            check(*given)

    monkeypatch.setattr(contributions, "_check_new", look)
    again = take(session, data)
    assert again.batch_id is None
    assert ["was posted on" in why for _, _, why in told(again)] == [True]
    assert accounts[0].available == Decimal("1100.10")


def test_a_file_comes_once_and_a_reference_stands_for_one(session, accounts):
    data = file_of(line(accounts[0]))
    take(session, data)
    again = take(session, data)
    other = take(session, file_of(line(accounts[1])))
    assert [where for _, where, _ in told(again)] == [""]
    assert [where for _, where, _ in told(other)] == ["reference"]
    assert [one.available for one in accounts[:2]] == [Decimal("1100.10"), 1000]


@pytest.mark.parametrize(
    ("columns", "late"),
    [
        ({"closing": True}, 1), ({"state": AccountState.CLOSED_BY_WITHDRAWAL}, 1),
        ({"state": AccountState.SEALED}, 0), ({"state": AccountState.FROZEN}, 0),
    ],
)  # fmt: skip
def test_money_for_an_account_that_closes_waits(session, accounts, columns, late):
    account = accounts[0]
    for name, value in columns.items():
        setattr(account, name, value)
    session.commit()
    report = take(session, file_of(line(account)))
    assert (report.late_rows, report.problems) == (late, ())
    assert account.available == (1000 if late else Decimal("1100.10"))
    assert entries.waiting(session, account) == (Decimal("100.10") if late else 0)


def test_money_for_an_account_that_moved_on_is_refused(session, accounts):
    accounts[0].state = AccountState.CLOSED_BY_TRANSFER
    session.commit()
    assert "transferred" in told(take(session, file_of(line(accounts[0]))))[0][2]


def parts(**named):
    """Return a zip as a sheet is one, with these parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in named.items():
            packed.writestr(name, text)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        parts(**{"[Content_Types].xml": "<broken"}),
        parts(**{"[Content_Types].xml": "<Types/>"}),
        parts(other="thing"),
        b"PK",
    ],
)
def test_a_sheet_that_is_none_is_named_as_such(session, accounts, data):
    assert "no readable sheet" in told(take(session, data, name="a.xlsx"))[0][2]


def test_a_declared_total_that_is_no_number_is_named(session, accounts):
    report = take(session, file_of(line(accounts[0]), trailer="#TRAILER,1,sNaN,B1\n"))
    assert "sNaN" in told(report)[0][2]


def test_a_sheet_is_read_like_a_file(session, accounts):
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in file_of(line(accounts[0])).decode().splitlines():
        book.active.append(row.split(","))
    book.save(data)
    assert take(session, data.getvalue(), name="a.xlsx").batch_id
    assert accounts[0].available == Decimal("1100.10")


def test_payers_look_at_files_of_their_own_agency_only(session, people, payer, chen, accounts):
    data = file_of(line(accounts[0]))
    with pytest.raises(NotAllowed):
        take(session, data, chen, preview=True)
    other = actor_of(session, make_staff(session, "Fan", Role.PAYER, agency="liaoning"))
    assert {where for _, where, _ in told(take(session, data, other, preview=True))} == {
        "agency"
    }
    assert not told(take(session, data, payer, preview=True))


def test_the_proof_names_a_file_that_is_not_what_it_declared(session, accounts):
    batch = session.get(ContributionBatch, take(session, file_of(line(accounts[0]))).batch_id)
    entry = session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    for guard in ("contribution_line_no_delete",):
        session.execute(sa.text(f"DROP TRIGGER {guard}"))
    session.execute(sa.delete(ContributionLine).where(ContributionLine.entry_id == entry.id))
    assert [one.code for one in posting_proofs.batches(session)] == ["batch_differs"]
    assert batch.total == Decimal("100.10")
    assert session.scalar(sa.select(sa.func.sum(Posting.amount))) == 0
    session.rollback()
