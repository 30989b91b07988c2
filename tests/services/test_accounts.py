"""Accounts come from files: all or nothing, every fault named by its line."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa

from app.demo.numbers import id_number
from app.domain.errors import NotAllowed
from app.domain.policy import OPERATOR
from app.domain.terms import Gender, Role
from app.extensions import db
from app.models import (
    Account,
    Applicant,
    AuditEvent,
    ImportBatch,
    JournalEntry,
    LedgerAccount,
    PaidHistory,
    Posting,
)
from app.services.accounting import accrual
from app.services.accounting.verification import verify
from app.services.accounts import import_accounts
from tests.factories import (
    NOON,
    actor_of,
    find_scheme,
    make_account,
    make_applicant,
    make_staff,
)

COLUMNS = (
    "agency", "scheme", "id_type", "id_number", "name", "gender", "mobile", "account_number",
    "employer", "opened_on", "state", "balance", "frozen_amount", "last_interest_on",
    "paid_reason", "paid_on", "paid_amount",
)  # fmt: skip
ANA = id_number("340199", dt.date(1990, 4, 18), 7, Gender.FEMALE)
BO = id_number("340199", dt.date(1985, 9, 2), 7, Gender.MALE)


def line(**cells):
    """Return one right line of a file, changed by what is given."""
    right = {
        "agency": "anhui", "scheme": "subsidy", "id_type": "resident_id_card",
        "id_number": ANA, "name": "林知夏", "account_number": "A1", "employer": "示例公司",
        "opened_on": "2015-03-01", "state": "01", "balance": "1000.50",
    }  # fmt: skip
    return right | cells


def csv_of(*lines, trailer="", encoding="utf-8", columns=COLUMNS):
    """Return a csv file with a right trailer unless another is given."""
    rows = [",".join(columns)]
    rows += [",".join(str(row.get(column, "")) for column in columns) for row in lines]
    total = sum((Decimal(row["balance"]) for row in lines), Decimal(0)) if not trailer else 0
    rows.append(trailer or f"#TRAILER,{len(lines)},{total}")
    return ("\n".join(rows) + "\n").encode(encoding)


def taken(session, data, **options):
    return import_accounts(
        session, data, actor=OPERATOR, now=NOON, **{"name": "accounts.csv"} | options
    )


def count(session, model):
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def faults(report):
    return [(problem.line, problem.column) for problem in report.problems]


@pytest.mark.whole
@pytest.mark.both
def test_holders_accounts_and_balances_come_from_a_file(session):
    report = taken(
        session,
        csv_of(
            line(mobile="13900000001", last_interest_on="2026-06-30"),
            line(id_number=BO, name="周一鸣", account_number="A2", balance="20.00"),
        ),
    )
    session.commit()

    ana, bo = session.scalars(sa.select(Account).order_by(Account.number)).all()
    assert report.written
    assert report.total == Decimal("1020.50")
    assert (ana.applicant.id_number, ana.applicant.gender) == (ANA, None)
    assert (ana.available, bo.available, ana.held) == (Decimal("1000.50"), Decimal(20), 0)
    assert ana.applicant.mobile == "13900000001"
    assert ana.applicant.user_id is None
    assert accrual.movements(session, ana) == [(dt.date(2026, 6, 30), Decimal("1000.50"))]
    assert list(verify(session)) == []


def test_balances_are_booked_as_the_ledger_books_one(session):
    imported = csv_of(line())
    taken(session, imported)
    other = make_account(session, make_applicant(session), Decimal("1000.50"))

    def booked(account):
        entry = session.scalars(
            sa.select(JournalEntry)
            .join(JournalEntry.postings)
            .join(Posting.ledger_account)
            .where(LedgerAccount.account_id == account.id)
        ).one()
        sides = sorted((side.ledger_account.code, side.amount) for side in entry.postings)
        return entry.kind, sides

    ana = session.scalars(sa.select(Account).where(Account.number == "A1")).one()
    assert booked(ana) == booked(other)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_come_in_the_usual_encodings(session, encoding):
    report = taken(session, csv_of(line(), encoding=encoding))

    assert report.written
    assert session.scalars(sa.select(Applicant.name)).one() == "林知夏"


def test_a_sheet_of_excel_is_read(session):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(COLUMNS)
    row = line(opened_on=dt.date(2015, 3, 1), balance=1000.5, mobile=13900000001)
    sheet.append([row.get(column, "") for column in COLUMNS])
    sheet.append(["#TRAILER", 1, 1000.5])
    data = io.BytesIO()
    book.save(data)

    report = taken(session, data.getvalue(), name="accounts.xlsx")

    assert report.problems == ()
    assert report.written
    assert session.scalars(sa.select(Account.opened_on)).one() == dt.date(2015, 3, 1)


def test_a_long_number_that_excel_rounded_is_refused(session):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(COLUMNS)
    row = line(id_number=int(ANA[:17] + "0"))
    sheet.append([row.get(column, "") for column in COLUMNS])
    data = io.BytesIO()
    book.save(data)

    report = taken(session, data.getvalue(), count=1, total=Decimal("1000.50"))

    assert not report.written
    assert (2, "") in faults(report)


def test_a_preview_writes_nothing(session):
    report = taken(session, csv_of(line()), preview=True)

    assert report.problems == ()
    assert not report.written
    assert (report.rows, report.people_new) == (1, 1)
    assert count(session, Account) == 0
    assert count(session, Applicant) == 0


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("scheme", "fund"), ("id_type", "passport_of_mars"), ("id_number", ANA[:-1] + "A"),
        ("id_number", ""), ("name", "林1"), ("gender", "1"), ("mobile", "123"),
        ("account_number", ""), ("opened_on", "2015-02-30"), ("opened_on", "2030-01-01"),
        ("state", "77"), ("balance", "12.345"), ("balance", "-1"), ("balance", "NaN"),
        ("balance", "much"), ("balance", "１２３.４５"), ("balance", "1e3"),
        ("balance", "1_000"), ("balance", '"1,50"'), ("balance", "+5"), ("balance", "5."),
        ("state", "05"), ("state", "4"), ("last_interest_on", "2015-02-28"),
        ("last_interest_on", "2016-02-20"), ("frozen_amount", "2000"), ("paid_on", "2025-01-01"),
        ("paid_reason", "NONE"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_line_and_column(session, column, cell):
    right = line(id_number=BO, name="周一鸣", account_number="A2")
    data = csv_of(right, line(**{column: cell}), trailer="#TRAILER,2,2001.00")

    report = taken(session, data)

    assert (3, column) in faults(report)
    assert not report.written
    assert count(session, Account) == 0


def test_all_faults_of_a_file_are_told_at_once(session):
    data = csv_of(line(name="林1", mobile="1"), line(state="9"), trailer="#TRAILER,2,2001.00")

    assert {(2, "name"), (2, "mobile"), (3, "state")} <= set(faults(taken(session, data)))


@pytest.mark.parametrize(
    ("trailer", "column"),
    [("#TRAILER,2,1000.50", "count"), ("#TRAILER,1,1000.51", "total"), ("#TRAILER", "")],
)
def test_declared_count_and_total_must_agree(session, trailer, column):
    report = taken(session, csv_of(line(), trailer=trailer))

    assert faults(report) == [(0, column)]
    assert not report.written


def test_a_file_cut_off_is_refused(session):
    whole = csv_of(line(), line(id_number=BO, name="周一鸣", account_number="A2"))
    cut = b"\n".join(whole.splitlines()[:2])

    report = taken(session, cut)

    assert not report.written


@pytest.mark.both
def test_the_same_file_is_taken_once(session):
    data = csv_of(line())
    taken(session, data)
    session.commit()

    report = taken(session, data, name="again.csv")

    assert not report.written
    assert (0, "") in faults(report)
    assert count(session, ImportBatch) == 1


def test_an_account_that_exists_is_refused_with_its_line(session):
    taken(session, csv_of(line()))
    session.commit()

    report = taken(session, csv_of(line(balance="7.00")))

    assert faults(report) == [(2, "account_number")]


def test_one_number_cannot_have_two_names(session):
    data = csv_of(line(), line(name="林知春", account_number="A2"))

    assert faults(taken(session, data)) == [(3, "name")]


@pytest.mark.both
def test_one_mobile_cannot_be_of_two_people(session):
    bo = line(id_number=BO, name="周一鸣", account_number="A2", mobile="13900000001")

    report = taken(session, csv_of(line(mobile="13900000001"), bo))

    assert faults(report) == [(3, "mobile")]


def test_a_known_person_gets_another_account(session):
    known = make_applicant(session, "林知夏", id_number=ANA)

    report = taken(session, csv_of(line()))
    session.commit()

    assert report.people_known == 1
    assert count(session, Applicant) == 1
    assert session.scalars(sa.select(Account)).one().applicant_id == known.id


def test_a_known_person_with_another_name_is_refused(session):
    make_applicant(session, "林知春", id_number=ANA)

    assert faults(taken(session, csv_of(line()))) == [(2, "name")]


def test_what_was_paid_before_the_hall_is_kept(session):
    paid = {"paid_reason": "ZFFZ", "paid_on": "2025-03-12", "paid_amount": "18000.00"}

    taken(session, csv_of(line(**paid)))

    row = session.scalars(sa.select(PaidHistory)).one()
    assert (row.reason_code, row.amount) == ("ZFFZ", Decimal(18000))


def test_a_file_holds_one_agency(session):
    fund = line(agency="liaoning", scheme="fund", account_number="G1")

    assert faults(taken(session, csv_of(line(), fund))) == [(3, "agency")]


def test_people_of_an_agency_import_their_own_only(session):
    other = actor_of(session, make_staff(session, "tong", Role.SUPERVISOR, agency="liaoning"))

    report = import_accounts(session, csv_of(line()), actor=other, now=NOON, preview=True)

    assert faults(report) == [(2, "agency")]


def test_reviewers_do_not_import(session, chen):
    for preview in (True, False):
        with pytest.raises(NotAllowed):
            import_accounts(session, csv_of(line()), actor=chen, now=NOON, preview=preview)


def test_unknown_and_missing_columns_are_named(session):
    columns = (*tuple(column for column in COLUMNS if column != "state"), "colour")

    report = taken(session, csv_of(line(), columns=columns))

    assert faults(report) == [(1, "colour"), (1, "state")]


def test_rubbish_is_refused(session):
    assert not taken(session, b"").written
    assert not taken(session, b"PK\x03\x04 no sheet").written
    assert not taken(session, b"\x80\xff\xff\xff").written


def test_the_command_previews_then_writes(app, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_bytes(csv_of(line()))
    run = app.test_cli_runner().invoke

    preview = run(args=["anju", "import-accounts", str(file), "--preview"])
    first = run(args=["anju", "import-accounts", str(file)])
    again = run(args=["anju", "import-accounts", str(file)])

    assert preview.exit_code == 0
    assert "nothing was written" in preview.output
    assert first.exit_code == 0
    assert "1,000.50" in first.output
    assert "1 of them name no last_interest_on" in first.output
    assert again.exit_code == 1
    with app.app_context():
        act = AuditEvent.act == "accounts_imported"
        who = db.session.scalars(sa.select(AuditEvent.actor_name).where(act)).one()
    assert who == "operator"


@pytest.mark.whole
@pytest.mark.both
def test_many_accounts_are_taken_together(session):
    lines = [
        line(
            id_number=id_number("340199", dt.date(1960, 1, 1) + dt.timedelta(days=day), 9,
                                Gender.MALE),
            name="张三", account_number=f"M{day:05d}",
        )
        for day in range(600)
    ]  # fmt: skip

    report = taken(session, csv_of(*lines))

    assert report.written
    assert count(session, Account) == 600
    scheme = find_scheme(session)
    held = session.scalar(
        sa.select(sa.func.sum(Account.available)).where(Account.scheme_id == scheme.id)
    )
    assert Decimal(held) == Decimal("600300.00")
