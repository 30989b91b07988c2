"""What applicants do: start, answer, hand in, submit, take back, correct."""

import hashlib

from sqlalchemy.orm import Session

from app.demo.numbers import card_ending
from app.domain.page_words import Page
from app.domain.policy import Actor
from app.domain.terms import Status
from app.domain.workdays import local_date
from app.gateways.registry.table import TablePropertyRegistry
from app.gateways.scanner.pages import Page as Picture
from app.gateways.scanner.pages import Quality
from app.models import Account, Application
from app.services import applications, reference, uploads
from app.services.applying import answers, circumstances, houses, wizard
from app.services.applying.payees import Payee
from tests.simulation.cast import ANSWERED, Purse
from tests.simulation.story import Story, proven, words

QUEUED = 8
TOO_MUCH = (20_000_000, 99_999_999_999)
GOOD = Quality(blurred=500.0, dark=0.2, short_side=1000, warnings=())


def queue(story: Story) -> None:
    """Let most holders apply, so that a seed begins with a full queue."""
    for purse in story.hall.cast.purses[:QUEUED]:
        code = story.rng.choice(purse.reasons)
        case_id = _start(story, purse, purse.actor, code)
        _finish(story, case_id, purse)


def start(story: Story) -> str:
    """Begin an application on any account, for any reason, sometimes on another's account."""
    purse = story.rng.choice(story.hall.cast.purses)
    actor = purse.actor
    if story.chance(0.03):
        actor = story.rng.choice(story.hall.cast.purses).actor
    code = story.rng.choice(purse.reasons)
    case_id = _start(story, purse, actor, code)
    return f"start {case_id} {code} {purse.holder.key}"


def go_on(story: Story) -> str:
    """Go on with a draft or a returned case: answer, hand in what is missing, submit."""
    found = _choose(story, Status.DRAFT, Status.RETURNED)
    return _finish(story, *found) if found else ""


def _start(story: Story, purse: Purse, actor: Actor, code: str) -> int:
    with story.work() as session:
        account = session.get_one(Account, purse.account_id)
        case = applications.start(
            session, account, reason_code=code, actor=actor, now=story.now()
        )
        return case.id


def _finish(story: Story, case_id: int, purse: Purse) -> str:
    with story.work() as session:
        _look_up(story, session, session.get_one(Application, case_id), purse)
    for page in _pages(story, case_id):
        with story.work() as session:
            case = session.get_one(Application, case_id)
            answers.save_page(
                session, case, page, _typed(story, purse), now=story.now(),
                actor=proven(story, purse.actor), card_check=story.card_check,
            )  # fmt: skip
    with story.work() as session:
        _hand_in(story, session, session.get_one(Application, case_id), purse)
    if story.chance(0.1):
        return f"answered {case_id}"
    with story.work() as session:
        case = session.get_one(Application, case_id)
        applications.submit(
            session, case, actor=purse.actor, now=story.now(),
            signature={"address": "127.0.0.1", "agent": "simulation"},
        )  # fmt: skip
        return f"submit {case.number} {case.kind} {case.amount}"


def cancel(story: Story) -> str:
    """Take a case back, whatever its status; often too late."""
    statuses = [Status.SUBMITTED, Status.RETURNED, Status.DRAFT]
    if story.chance(0.3):
        statuses = [Status.IN_REVIEW, Status.SECOND_REVIEW, Status.APPROVED, Status.PAYEE_FIX]
    found = _choose(story, *statuses)
    if found is None:
        return ""
    case_id, purse = found
    with story.work() as session:
        case = session.get_one(Application, case_id)
        applications.cancel(session, case, actor=purse.actor, now=story.now())
    story.counts["cancelled"] += 1
    return f"cancel {case_id}"


def change_card(story: Story) -> str:
    """Correct the receiving account, also when it is not open."""
    statuses = [Status.PAYEE_FIX]
    if story.chance(0.1):
        statuses = [Status.APPROVED, Status.SECOND_REVIEW]
    found = _choose(story, *statuses)
    if found is None:
        return ""
    case_id, purse = found
    with story.work() as session:
        case = session.get_one(Application, case_id)
        applications.change_payee(
            session, case, _card(story, purse), actor=proven(story, purse.actor),
            now=story.now(),
            card_check=story.card_check,
        )  # fmt: skip
    return f"change card {case_id}"


def _choose(story: Story, *statuses: Status) -> tuple[int, Purse] | None:
    rows = story.ask(
        f"SELECT id, account_id FROM application WHERE status IN {words(statuses)} ORDER BY id"
    )
    if not rows:
        return None
    case_id, account_id = story.rng.choice(rows)
    owner = next(one for one in story.hall.cast.purses if one.account_id == account_id)
    return case_id, owner


def _pages(story: Story, case_id: int) -> list[Page]:
    with story.work() as session:
        case = session.get_one(Application, case_id)
        pages = wizard.pages_of(session, case, now=story.now())
    return [page for page in pages if page is not Page.UPLOAD]


def _look_up(story: Story, session: Session, case: Application, purse: Purse) -> None:
    if wizard.asks_house(case) and case.status is Status.DRAFT and not case.house:
        houses.look_up(
            session, case, lookup_by="filing_contract_no", number=purse.house,
            registry=TablePropertyRegistry(session), actor=purse.actor, now=story.now(),
        )  # fmt: skip


def _typed(story: Story, purse: Purse) -> dict[str, str]:
    fen = story.rng.choice((1, 99, 10_000, 123_456, 999_999, *(() if story.calm else TOO_MUCH)))
    card = _card(story, purse)
    return dict(ANSWERED) | {
        "mobile": purse.holder.mobile,
        "bank_code": card.bank_code,
        "bank_account_no": card.card_number,
        "amount": "" if story.rng.random() < 0.5 else f"{fen // 100}.{fen % 100:02d}",
    }


def _card(story: Story, purse: Purse) -> Payee:
    """Return the holder's card, another one of the holder's, or somebody else's."""
    bank, prefix, length = purse.holder.card
    tail = "8802" if story.chance(0.02) else "8801"
    number = purse.holder.card_number
    if story.rng.random() < 0.4 or tail == "8802":
        number = card_ending(prefix, length, story.rng.randrange(10**6), tail)
    return Payee(bank, number)


def _hand_in(story: Story, session: Session, case: Application, purse: Purse) -> None:
    on = local_date(story.now())
    types = reference.material_types(session, case.scheme_id, on)
    for gap in circumstances.missing(session, case, on=on):
        kind = types[gap.codes[0]]
        for number in range(gap.pages, max(1, gap.min_files)):
            source = hashlib.sha256(f"{purse.holder.key} {kind.code} {number}".encode())
            page = Picture(b"image", b"small", 1000, 1400, source.hexdigest(), GOOD)
            uploads.add_pages(
                session, case, kind, [page], filename=f"{kind.slug}-{number}.jpg",
                storage=story.files, actor=purse.actor, now=story.now(),
            )  # fmt: skip
