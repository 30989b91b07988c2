"""What a fault writes to the log: where it was, never whose values it held."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Applicant


@pytest.mark.both
def test_a_fault_of_the_database_names_nobody(kind, session):
    with pytest.raises(IntegrityError) as fault:
        session.execute(sa.insert(Applicant).values(name="林知夏", id_type="resident_id_card"))
    session.rollback()

    assert "parameters hidden" in str(fault.value)
    assert "林知夏" not in f"{fault.value} {fault.value.orig}"
    assert db.engine.hide_parameters


def test_a_form_without_its_account_is_answered(browse, people):
    ana = browse("ana")
    page = ana.open("/hall/apply/for-another")
    token = page.soup.select_one("input[name=csrf_token]")["value"]

    answer = ana.client.post("/hall/apply/start", data={"csrf_token": token})

    assert answer.status_code in {200, 404}
