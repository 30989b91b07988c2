"""What staff do: review, send back, decide, hold, void; also those who may not."""

import sqlalchemy as sa

from app.domain import lifecycle
from app.domain.policy import Actor
from app.domain.terms import Role, Status
from app.models import Application
from app.services.review import decisions, flags
from app.services.review.decisions import ReturnLine
from tests.simulation.story import Story, words

RETURNS = (
    ReturnLine("R05"), ReturnLine("R11"), ReturnLine("R13", note="说明"),
    ReturnLine("R99", note="全部"), ReturnLine("R15"),
)  # fmt: skip
REVIEWERS = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
UNDER_REVIEW = (Status.IN_REVIEW, Status.SECOND_REVIEW)
STRANGER = 0.08
"""How often somebody tries who holds another role or works for another agency."""


def review(story: Story) -> str:
    """Take the next step of a review: mostly forward."""
    found = _choose(story, Status.SUBMITTED, *UNDER_REVIEW)
    if found is None:
        return ""
    case_id, agency_id, status = found
    step, role = {
        Status.SUBMITTED: (decisions.take_up, Role.FIRST_REVIEWER),
        Status.IN_REVIEW: (decisions.pass_first, Role.FIRST_REVIEWER),
        Status.SECOND_REVIEW: (decisions.approve, Role.SECOND_REVIEWER),
    }[status]
    actor = _somebody(story, agency_id, role)
    with story.work() as session:
        step(session, session.get_one(Application, case_id), actor=actor, now=story.now())
    return f"{step.__name__} {case_id} by {actor.name}"


def send_back(story: Story) -> str:
    """Return a case with one or more lines."""
    found = _choose(story, *UNDER_REVIEW)
    if found is None:
        return ""
    case_id, agency_id, _ = found
    actor = _somebody(story, agency_id, *REVIEWERS)
    lines = story.rng.sample(RETURNS, story.rng.choice((1, 1, 2)))
    with story.work() as session:
        case = session.get_one(Application, case_id)
        decisions.return_for_correction(session, case, lines, actor=actor, now=story.now())
    story.counts["sent_back"] += 1
    return f"return {case_id} {[line.code for line in lines]}"


def refuse(story: Story) -> str:
    """Decline or reject a case."""
    found = _choose(story, *UNDER_REVIEW)
    if found is None:
        return ""
    case_id, agency_id, status = found
    actor = _somebody(story, agency_id, *REVIEWERS)
    deed, code = decisions.reject, "X02"
    if status is Status.IN_REVIEW and story.rng.random() < 0.5:
        deed, code = decisions.decline, "N02"
    with story.work() as session:
        case = session.get_one(Application, case_id)
        deed(session, case, ReturnLine(code), actor=actor, now=story.now())
    return f"{deed.__name__} {case_id}"


def void(story: Story) -> str:
    """Void a case at any time, also when the bank may be paying."""
    found = _choose(story, *(set(Status) - {Status.DRAFT}))
    if found is None:
        return ""
    case_id, agency_id, status = found
    actor = _somebody(story, agency_id, Role.SUPERVISOR)
    with story.work() as session:
        case = session.get_one(Application, case_id)
        decisions.void(session, case, actor=actor, now=story.now(), reason="重复申请")
    return f"void {case_id} that was {status}"


def flag(story: Story) -> str:
    """Hold, investigate, or let go on."""
    found = _choose(story, Status.SUBMITTED, *UNDER_REVIEW, Status.APPROVED, Status.PAYEE_FIX)
    if found is None:
        return ""
    case_id, agency_id, _ = found
    actor = _somebody(story, agency_id, *REVIEWERS, Role.SUPERVISOR)
    with story.work() as session:
        case = session.get_one(Application, case_id)
        told = _turn(story, case, actor)
    return f"{told} {case_id}"


def check_card(story: Story) -> str:
    """Check or confirm a corrected receiving account."""
    found = _choose(story, Status.PAYEE_FIX)
    if found is None:
        return ""
    case_id, agency_id, _ = found
    actor = _somebody(story, agency_id, *REVIEWERS)
    deed = story.rng.choice((decisions.check_payee, decisions.confirm_payee))
    with story.work() as session:
        deed(session, session.get_one(Application, case_id), actor=actor, now=story.now())
    return f"{deed.__name__} {case_id} by {actor.name}"


def let_go_on(story: Story) -> None:
    """Take every hold and investigation away, as the story ends."""
    with story.work() as session:
        held = session.scalars(
            sa.select(Application)
            .where(
                sa.or_(Application.on_hold, Application.investigating),
                Application.status.in_(lifecycle.OPEN),
            )
            .order_by(Application.id)
        ).all()
        for case in held:
            actor = story.hall.cast.with_role(case.agency_id, Role.SUPERVISOR)[0]
            if case.on_hold:
                flags.release_hold(session, case, actor=actor, now=story.now())
            if case.investigating:
                flags.end_investigation(
                    session, case, actor=actor, now=story.now(), note="核实"
                )


def _turn(story: Story, case: Application, actor: Actor) -> str:
    session = sa.orm.object_session(case)
    assert session is not None
    if case.on_hold:
        flags.release_hold(session, case, actor=actor, now=story.now())
        return "let go on"
    if case.investigating:
        flags.end_investigation(session, case, actor=actor, now=story.now(), note="核实")
        return "end the check of"
    if story.rng.random() < 0.5:
        flags.hold(session, case, actor=actor, now=story.now(), reason="法院")
        return "hold"
    flags.investigate(session, case, actor=actor, now=story.now(), reason="存疑")
    return "check"


def _choose(story: Story, *statuses: Status) -> tuple[int, int, Status] | None:
    rows = story.ask(
        "SELECT id, agency_id, status FROM application"
        f" WHERE status IN {words(statuses)} ORDER BY id"
    )
    if not rows:
        return None
    case_id, agency_id, status = story.rng.choice(rows)
    return case_id, agency_id, Status(status)


def _somebody(story: Story, agency_id: int, *roles: Role) -> Actor:
    """Return somebody for a step: mostly one with a role for it, sometimes anybody."""
    cast = story.hall.cast
    if story.chance(STRANGER):
        return story.rng.choice((*cast.staff, cast.purses[0].actor))
    return story.rng.choice(cast.with_role(agency_id, *roles))
