"""Pages of papers before staff: watermark, record of every look, frames in a return opinion."""

import hashlib
import io

import pytest
import sqlalchemy as sa
from PIL import Image, ImageChops

from app import outside
from app.domain.terms import Origin, Role, Status
from app.models import Application, AuditEvent, Material, MaterialPage, MaterialType
from tests.factories import (
    NOON,
    PASSWORD,
    Person,
    actor_of,
    make_application,
    make_staff,
)  # fmt: skip


def picture(size=(600, 400)):
    """Return a white sheet as JPEG."""
    drawn = io.BytesIO()
    Image.new("RGB", size, "white").save(drawn, "JPEG")
    return drawn.getvalue()


def add_page(session, case):
    """Put one page of a paper into the storage and the case."""
    kind = session.scalars(
        sa.select(MaterialType).where(
            MaterialType.scheme_id == case.scheme_id, MaterialType.origin == Origin.UPLOAD
        )
    ).first()
    paper = Material(
        application_id=case.id, agency_id=case.agency_id, material_type_id=kind.id,
        material_code=kind.code, origin=Origin.UPLOAD, created_at=NOON,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    key, data = f"{case.agency_id}/2026/11/18/{case.id:032x}", picture()
    outside.storage().put(key, data)
    outside.storage().put(f"{key}-small", picture((120, 80)))
    page = MaterialPage(
        agency_id=case.agency_id, material_id=paper.id, width=600,
        storage_key=key, source_sha256=hashlib.sha256(b"one file").hexdigest(), height=400,
        sha256="0" * 64, bytes=len(data), uploaded_at=NOON,
    )  # fmt: skip
    session.add(page)
    session.commit()
    return page.id


@pytest.fixture
def paper(rows, people):
    """A case in review with one page: its id and the page's."""
    with rows() as session:
        case = make_application(session, status=Status.IN_REVIEW)
        return case.id, add_page(session, case)


def looks(rows):
    """Return who looked at which page, as the audit has it."""
    with rows() as session:
        found = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "material_read"))
        return [(event.actor_id, event.object_id) for event in found]


def test_the_name_of_who_looks_is_burnt_in(browse, paper):
    answer = browse("chen").client.get(f"/desk/page/{paper[1]}")

    assert answer.mimetype == "image/jpeg"
    with Image.open(io.BytesIO(answer.data)) as shown:
        blank = Image.new("RGB", shown.size, "white")
        darkest = (
            ImageChops.difference(shown.convert("RGB"), blank).convert("L").getextrema()[1]
        )
    assert darkest > 30
    assert "no-store" in answer.headers["Cache-Control"]


def test_every_look_at_a_page_is_recorded_a_small_picture_is_not(rows, browse, paper, chen):
    client = browse("chen").client

    client.get(f"/desk/page/{paper[1]}?small=1")
    assert looks(rows) == []
    client.get(f"/desk/page/{paper[1]}")

    assert looks(rows) == [(chen.user_id, str(paper[1]))]


def test_another_agencys_page_is_not_found_and_the_try_is_written(rows, browse, paper):
    with rows() as session:
        member = make_staff(session, "liao", Role.FIRST_REVIEWER, agency="liaoning")
        person = Person("liao", PASSWORD, actor_of(session, member), member.name)

    answer = browse().sign_in(person).client.get(f"/desk/page/{paper[1]}")

    assert answer.status_code == 404
    with rows() as session:
        assert (
            session.scalar(sa.select(AuditEvent.reason).where(AuditEvent.act == "deed_refused"))
            == "not_found"
        )


def test_a_frame_goes_with_its_line_to_the_applicant(rows, browse, paper):
    case_id, page_id = paper
    chen = browse("chen")
    page = chen.open(f"/desk/case/{case_id}/")
    code = page.soup.select_one("[data-show]")["data-code"]

    chen.press(
        page, "通过，送复审", deed="return",
        **{
            "code-0": "R01", "material-0": code, "page-0": str(page_id),
            "mark-0": "10.00,20.00,30.00,40.00",
        },
    )  # fmt: skip

    with rows() as session:
        [item] = session.get_one(Application, case_id).return_items
        assert item.page_id == page_id
        assert item.mark == {"x": 10.0, "y": 20.0, "width": 30.0, "height": 40.0}


@pytest.mark.whole
@pytest.mark.parametrize("mark", ["x", "1,2,3", "90,0,30,10", "0,0,0,10", "-1,0,5,5"])
def test_a_frame_outside_the_picture_is_refused(browse, paper, mark):
    case_id, page_id = paper
    chen = browse("chen")
    page = chen.open(f"/desk/case/{case_id}/")

    answer = chen.press(
        page, "通过，送复审", 422, deed="return",
        **{"code-0": "R05", "page-0": str(page_id), "mark-0": mark},
    )  # fmt: skip

    assert "框超出了图片" in answer.text


def test_a_page_of_another_case_is_not_framed(rows, browse, paper):
    case_id, _ = paper
    with rows() as session:
        other = make_application(session, status=Status.IN_REVIEW)
        foreign = add_page(session, other)
    chen = browse("chen")
    page = chen.open(f"/desk/case/{case_id}/")

    answer = chen.press(
        page, "通过，送复审", 422, deed="return",
        **{"code-0": "R05", "page-0": str(foreign), "mark-0": "10,10,10,10"},
    )  # fmt: skip

    assert "不属于" in answer.text


def test_a_file_used_in_another_case_is_pointed_out(rows, browse, paper):
    case_id, _ = paper
    with rows() as session:
        other = make_application(session, status=Status.IN_REVIEW)
        add_page(session, other)
        number = other.number

    page = browse("chen").open(f"/desk/case/{case_id}/")

    assert f"同一文件见于 {number}" in page.text


def test_a_verdict_is_kept_and_shown(rows, browse, paper):
    case_id = paper[0]
    chen = browse("chen")
    page = chen.open(f"/desk/case/{case_id}/")
    button = page.soup.select_one("button[name=verdict][value=accepted]")

    page = chen.press(page, " ".join(button.get_text(" ").split()))

    assert (
        page.soup.select_one("button[name=verdict][value=accepted]")["aria-pressed"] == "true"
    )
