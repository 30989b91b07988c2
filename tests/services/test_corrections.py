"""A returned case is submitted again only when what was sent back was corrected."""

import datetime as dt

import pytest

from app.domain.errors import ManyProblems
from app.domain.terms import Status
from app.gateways.scanner import NoAntivirus
from app.gateways.storage import LocalStorage
from app.models import Applicant
from app.services import applications, uploads
from app.services.review import decisions
from app.services.review.decisions import ReturnLine
from tests.factories import NOON, make_account
from tests.pictures import make_picture
from tests.services.cases_walk import SIGNED, submitted

RETURNED = NOON + dt.timedelta(hours=1)
LATER = NOON + dt.timedelta(hours=2)


@pytest.fixture
def returned(session, ana, chen, tmp_path):
    """Ana's rent case, sent back because a picture of her document is blurred."""
    account = make_account(session, session.get_one(Applicant, ana.applicant_id))
    case = submitted(session, account, ana, LocalStorage(tmp_path))
    decisions.take_up(session, case, actor=chen, now=NOON)
    decisions.return_for_correction(
        session, case, [ReturnLine("R01", material_code="A1")], actor=chen, now=RETURNED
    )
    session.commit()
    return case


def test_a_paper_sent_back_has_to_be_uploaded_anew(session, ana, returned):
    with pytest.raises(ManyProblems) as told:
        applications.submit(session, returned, actor=ana, now=LATER, signature=SIGNED)

    assert [(one.code, one.field) for one in told.value.problems] == [
        ("material_not_corrected", "material-A1")
    ]


def test_a_new_picture_settles_it(session, ana, returned, tmp_path):
    kind = uploads.material_type_of(session, returned, "A1", now=LATER)
    pages = uploads.scanned(kind, make_picture(77), "new.jpg", antivirus=NoAntivirus())
    uploads.add_pages(
        session, returned, kind, pages, filename="new.jpg", storage=LocalStorage(tmp_path),
        actor=ana, now=LATER,
    )  # fmt: skip

    applications.submit(session, returned, actor=ana, now=LATER, signature=SIGNED)

    assert returned.status is Status.SUBMITTED
