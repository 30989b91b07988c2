"""Pages of the desk with an answer box a row: each box has a name of its own and a label."""

import pytest

from app.domain.terms import Role
from app.services.privacy import data_corrections
from app.services.records import feedback
from app.services.records.feedback import NAMELESS, Said
from tests.factories import NOON, actor_of, find_agency, make_account, make_applicant
from tests.standing import make_agreement, make_paid_before


def ask_twice(session, _chen, _dai):
    """Two people ask for another name."""
    for name in ("林知霞", "周一鸣"):
        holder = make_applicant(session, name)
        make_account(session, holder)
        data_corrections.ask(
            session, holder, subject="name", wanted="王小明", why="",
            actor=actor_of(session, holder), now=NOON,
        )  # fmt: skip


def rate_twice(session, _chen, _dai):
    """Two people are not satisfied."""
    for text in ("没有人接电话", "等了很久"):
        said = Said("dissatisfied", text=text)
        feedback.say(session, find_agency(session, "anhui").id, said, actor=NAMELESS, now=NOON)


def propose_twice(session, chen, dai):
    """Two agreements wait for a signature."""
    for _ in range(2):
        make_agreement(session, make_paid_before(session, chen, dai, None))


def agree_twice(session, chen, dai):
    """Two agreements run."""
    for _ in range(2):
        make_agreement(session, make_paid_before(session, chen, dai, None), chen, dai)


@pytest.mark.parametrize(
    ("make", "address"),
    [
        (ask_twice, "/desk/corrections/"),
        (rate_twice, "/desk/feedback/"),
        (propose_twice, "/desk/monthly/"),
        (agree_twice, "/desk/monthly/"),
    ],
)
def test_two_rows_have_two_boxes_with_their_labels(rows, staff, chen, dai, make, address):
    with rows() as session:
        make(session, chen, dai)
        session.commit()
    boss = staff("sue", Role.SUPERVISOR, Role.SECOND_REVIEWER)

    page = boss.open(address)

    boxes = page.soup.select("textarea")
    assert len(boxes) == len({box["id"] for box in boxes}) == 2
    for box in boxes:
        [label] = page.soup.select(f"label[for='{box['id']}']")
        assert label.get_text(strip=True)
        for key in box.get("aria-describedby", "").split():
            assert page.soup.find(id=key)


@pytest.mark.parametrize(
    ("make", "address"), [(ask_twice, "/desk/corrections/"), (rate_twice, "/desk/feedback/")]
)
def test_the_summary_leads_to_the_box_that_was_left_empty(
    rows, staff, chen, dai, make, address
):
    with rows() as session:
        make(session, chen, dai)
        session.commit()
    boss = staff("sue", Role.SUPERVISOR)
    page = boss.open(address)
    second = page.soup.select("form:has(textarea)")[1]
    sent = {one["name"]: one.get("value", "") for one in second.select("input[type=hidden]")}

    sent |= {"deed": "refuse", "answer": "", "text": ""}

    answer = boss.client.post(second["action"], data=sent)

    box = second.select_one("textarea")["id"]
    assert answer.status_code == 422
    assert f'<a href="#{box}">' in answer.text
