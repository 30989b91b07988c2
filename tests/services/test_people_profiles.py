"""What people change of themselves: mobile, address, cards."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid, NotAllowed
from app.models import Applicant, AuditEvent, BankCard, Notice
from app.services.people import codes, own_cards, profiles
from app.services.people.codes import Purpose
from tests.factories import NOON, find_agency, make_applicant, make_card, make_card_number
from tests.services.test_people_codes import SOMEBODY

NEW = "13955556666"
ICBC_DEBIT = "622202"
CREDIT = "622230"


@pytest.fixture
def person(session: Session, ana) -> Applicant:
    """Ana's row."""
    return session.get_one(Applicant, ana.applicant_id)


def change(session: Session, person: Applicant, ana, mobile: str = NEW, code: str = "") -> None:
    """Change the mobile with the code that came, or with another."""
    token = codes.send_code(
        session,
        purpose=Purpose.CHANGE_MOBILE,
        mobile=mobile,
        now=NOON,
        actor=SOMEBODY,
        agency_id=find_agency(session).id,
    )
    reference = f"{codes.reference(token)}:sms"
    notice = session.scalars(sa.select(Notice).where(Notice.reference == reference)).one()
    profiles.change_mobile(
        session, person, mobile, token, code or notice.text_en.split("Code ")[1][:6],
        agency=find_agency(session), actor=ana, now=NOON,
    )  # fmt: skip


@pytest.mark.both
def test_a_new_mobile_is_kept_and_the_old_one_is_told(session, person, ana):
    old = person.mobile

    change(session, person, ana)

    told = session.scalars(
        sa.select(Notice).where(Notice.event == "profile_changed", Notice.channel == "sms")
    ).one()
    assert person.mobile == NEW
    assert told.mobile == old
    assert "手机号码" in told.text_zh
    assert "mobile" in told.text_en


def test_a_mobile_needs_its_code(session, person, ana):
    with pytest.raises(Invalid, match="code_wrong"):
        change(session, person, ana, code="000000x")


def test_the_mobile_of_another_person_is_refused(session, person, ana):
    make_applicant(session, mobile=NEW)

    with pytest.raises(Invalid, match="mobile_taken"):
        change(session, person, ana)


def test_an_address_is_sealed_told_and_may_be_emptied(session, person, ana):
    asked = {"agency": find_agency(session), "actor": ana, "now": NOON}

    profiles.update_address(session, person, " 合肥市  示例路 1 号 ", **asked)
    assert person.address == "合肥市 示例路 1 号"
    assert "合肥" not in person.address_sealed
    profiles.update_address(session, person, "", **asked)

    assert person.address is None
    acts = session.scalars(sa.select(AuditEvent.act)).all()
    assert acts == ["profile_changed", "profile_changed"]


def test_an_address_has_an_end(session, person, ana):
    with pytest.raises(Invalid, match="address_long"):
        profiles.update_address(
            session, person, "路" * 101, agency=find_agency(session), actor=ana, now=NOON
        )


class TestCards:
    """A card is a debit card of one's own; the prefix names the bank."""

    def add(self, session, person, ana, number, bank="", **more) -> BankCard:
        return own_cards.add_card(
            session, person, number, bank, agency=find_agency(session), actor=ana, now=NOON,
            **more,
        )  # fmt: skip

    @pytest.mark.both
    def test_the_bank_is_found_by_the_number(self, session, person, ana):
        card = self.add(session, person, ana, "6217 0000 " + make_card_number(7)[8:])

        assert card.bank_code == "CCB"
        assert card.last_four == make_card_number(7)[-4:]
        assert card.number == make_card_number(7)
        [told] = session.scalars(sa.select(Notice.event).distinct()).all()
        assert told == "bank_card_changed"

    def test_the_same_card_is_one_row(self, session, person, ana):
        number = make_card_number()
        first = self.add(session, person, ana, number)
        own_cards.remove_card(session, person, first.id, actor=ana, now=NOON)

        assert self.add(session, person, ana, number) is first
        assert first.in_use

    @pytest.mark.parametrize(
        ("number", "bank", "more", "problem"),
        [
            (make_card_number(1)[:-1] + "x", "", {}, "card_digits"),
            (make_card_number(1)[:-1], "", {}, "card_length"),
            (make_card_number(1), "ICBC", {}, "card_bank_differs"),
            (make_card_number(1, prefix="990000"), "", {}, "card_bank_missing"),
            (make_card_number(1), "", {"card_class": "IV"}, "card_class_unknown"),
            (make_card_number(1), "", {"holder_check": "mismatch"}, "card_not_own"),
        ],
    )
    def test_a_card_that_cannot_be_ones_own_is_refused(
        self, session, person, ana, number, bank, more, problem
    ):
        with pytest.raises(Invalid, match=problem):
            self.add(session, person, ana, number, bank, **more)

    def test_a_wrong_last_digit_is_refused(self, session, person, ana):
        right = make_card_number(1)
        wrong = right[:-1] + str((int(right[-1]) + 1) % 10)

        with pytest.raises(Invalid, match="card_luhn"):
            self.add(session, person, ana, wrong)

    def test_the_card_of_somebody_else_cannot_be_removed(self, session, person, ana, bo):
        card = make_card(session, session.get_one(Applicant, bo.applicant_id))

        with pytest.raises(NotAllowed):
            own_cards.remove_card(session, person, card.id, actor=ana, now=NOON)
