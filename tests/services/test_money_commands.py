"""The commands of contributions and interest, as an operator types them."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.models import InterestRun
from tests.factories import find_scheme
from tests.money import make_funded
from tests.services.test_contributions import file_of, line


@pytest.fixture
def run(app, session, clock):
    """Type a command; return its exit and what it said."""

    def typed(*words):
        session.commit()
        said = app.test_cli_runner().invoke(args=["anju", *map(str, words)])
        session.expire_all()
        return said.exit_code, said.output

    return typed


def test_a_file_is_looked_at_then_posted_then_refused(run, session, tmp_path):
    account, file = make_funded(session, 1000), tmp_path / "november.csv"
    file.write_bytes(file_of(line(account)))
    code, said = run("import-contributions", file, "--preview")
    assert (code, account.available) == (0, 1000)
    assert "nothing was posted" in said
    assert run("import-contributions", file)[0] == 0
    assert account.available == Decimal("1100.10")
    code, said = run("import-contributions", file)
    assert (code, "was posted on" in said) == (1, True)


def test_interest_is_settled_by_a_command_once(run, session):
    account = make_funded(session)
    words = ("settle-interest", "--agency", "anhui", "--scheme", "subsidy", "--year")
    code, said = run(*words, 2026)
    assert (code, "1 postings, 1,083.33 yuan" in said) == (0, True)
    run(*words, 2026)
    assert account.available == Decimal("101083.33")
    scheme = sa.select(InterestRun.scheme_id)
    assert session.scalars(scheme).all() == [find_scheme(session).id]
    code, said = run(*words, 2027)
    assert (code, "not over" in said) == (1, True)
