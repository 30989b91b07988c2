"""Asking for a state without logging in."""

from app.domain.terms import Status
from tests.factories import make_application


def test_an_empty_end_of_the_mobile_fits_no_case(browse, rows):
    with rows() as session:
        number = make_application(session, status=Status.SUBMITTED, mobile_last_four="").number
    visitor = browse()
    page = visitor.open("/progress/")
    token = page.soup.select_one("input[name=csrf_token]")["value"]

    answer = visitor.client.post(
        "/progress/", data={"csrf_token": token, "number": number, "mobile_end": ""}
    )

    assert 'id="found"' not in answer.text
