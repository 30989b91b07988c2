"""Papers: kept sealed, counted, refused when they are not open, shown to who may see them."""

import pytest
from sqlalchemy import select

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import Status
from app.gateways.scanner import NoAntivirus
from app.gateways.storage import LocalStorage
from app.models import Applicant, AuditEvent, MaterialPage
from app.services import uploads
from tests.factories import NOON, make_account
from tests.pictures import make_picture
from tests.services.cases_walk import begin


@pytest.fixture
def case(session, ana):
    account = make_account(session, session.get_one(Applicant, ana.applicant_id))
    return begin(session, account, ana)


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def add(session, case, actor, storage, code="A2", *, seed=1, filename="card.jpg"):
    kind = uploads.material_type_of(session, case, code, now=NOON)
    pages = uploads.scanned(kind, make_picture(seed), filename, antivirus=NoAntivirus())
    material = uploads.add_pages(
        session, case, kind, pages, filename=filename, storage=storage, actor=actor, now=NOON
    )
    session.commit()
    return material


@pytest.mark.both
def test_a_page_is_kept_with_its_small_picture(session, case, ana, storage, kind):
    [page] = add(session, case, ana, storage).pages

    _page, picture = uploads.open_page(
        session, page.id, thumbnail=False, storage=storage, actor=ana, now=NOON
    )
    _page, small = uploads.open_page(
        session, page.id, thumbnail=True, storage=storage, actor=ana, now=NOON
    )

    assert picture.startswith(b"\xff\xd8")
    assert len(small) < len(picture) == page.bytes


def test_the_same_file_is_kept_once(session, case, ana, storage):
    add(session, case, ana, storage)

    assert len(add(session, case, ana, storage).pages) == 1


def test_no_more_pages_than_the_paper_takes(session, case, ana, storage):
    most = uploads.material_type_of(session, case, "A2", now=NOON).max_files
    for seed in range(most):
        add(session, case, ana, storage, seed=seed)

    with pytest.raises(Invalid) as full:
        add(session, case, ana, storage, seed=99)
    assert (full.value.code, full.value.facts["most"]) == ("material_full", most)


def test_a_removed_page_is_gone_for_everybody(session, case, ana, storage):
    [page] = add(session, case, ana, storage).pages

    uploads.remove_page(session, page, actor=ana, now=NOON)

    with pytest.raises(NotAllowed):
        uploads.open_page(
            session, page.id, thumbnail=True, storage=storage, actor=ana, now=NOON
        )


def test_another_applicant_sees_changes_and_removes_nothing(session, case, ana, bo, storage):
    [page] = add(session, case, ana, storage).pages

    with pytest.raises(NotAllowed):
        uploads.open_page(session, page.id, thumbnail=True, storage=storage, actor=bo, now=NOON)
    with pytest.raises(NotAllowed):
        uploads.remove_page(session, page, actor=bo, now=NOON)
    with pytest.raises(NotAllowed):
        add(session, case, bo, storage, seed=2)


def test_a_case_with_the_office_takes_no_paper(session, case, ana, storage):
    case.status = Status.IN_REVIEW
    session.commit()

    with pytest.raises(IllegalMove):
        add(session, case, ana, storage)


def test_reading_by_staff_is_written_down(session, case, ana, chen, storage):
    [page] = add(session, case, ana, storage).pages
    case.status = Status.IN_REVIEW
    session.commit()

    uploads.open_page(session, page.id, thumbnail=False, storage=storage, actor=chen, now=NOON)
    session.commit()

    acts = session.scalars(
        select(AuditEvent.act).where(AuditEvent.object_type == "material_page")
    )
    assert acts.all() == ["material_read"]


def test_what_the_hall_makes_itself_is_not_uploaded(session, case):
    with pytest.raises(Invalid) as unknown:
        uploads.material_type_of(session, case, "A3", now=NOON)
    assert unknown.value.code == "material_unknown"


@pytest.mark.parametrize(
    ("filename", "shown"),
    [("C:\\temp\\证件.jpg", "证件.jpg"), ("../../etc/passwd", "passwd"), ("a\u202eb\x00.jpg", "ab.jpg"),
     ("", "upload")],
)  # fmt: skip
def test_a_name_is_shown_without_path_and_control_characters(filename, shown):
    assert uploads.shown_name(filename) == shown


def test_a_file_of_the_same_bytes_in_two_cases_is_found(session, case, ana, storage):
    [page] = add(session, case, ana, storage).pages

    assert uploads.used_before(session, page) == []
    assert session.scalars(select(MaterialPage.source_sha256)).one() == page.source_sha256
