"""What was typed and what was wrong with it: the parts that every form of the hall shares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.display.sentences import sentence
from app.domain.entitlement import Entitlement
from app.domain.errors import Invalid, ManyProblems, RuleBroken
from app.domain.workdays import local_date
from app.models import Application
from app.services import reference
from app.services.applying.relations import may_show_money


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it came in, with a sentence for each field that is wrong.

    ``posted`` is None when the page is opened fresh: then what is kept is shown.
    """

    posted: Mapping[str, str] | None = None
    errors: Sequence[tuple[str, str]] = field(default=())

    def value(self, name: str, kept: object = "") -> str:
        """Return what was typed into a field, or what is kept."""
        if self.posted is None or name not in self.posted:
            return "" if kept is None else str(kept)
        return self.posted[name]

    def error(self, name: str) -> str:
        """Return the sentence beside a field."""
        return next((said for at, said in self.errors if at == name), "")

    def summary(self, fields: Iterable[str]) -> list[tuple[str, str]]:
        """Return all problems; those whose field is on the page lead to it."""
        here = set(fields)
        return [(at if at in here else "", said) for at, said in self.errors]


def told(
    session: Session, application: Application, broken: RuleBroken
) -> list[tuple[str, str]]:
    """Return field and sentence of every problem of a case; a hidden balance stays hidden."""
    on = local_date(application.updated_at)
    reasons = reference.return_reasons(session, application.scheme_id, on)
    problems = broken.problems if isinstance(broken, ManyProblems) else [broken]
    hide = not may_show_money(application)
    seen: dict[tuple[str, str], None] = {}
    for problem in problems:
        shown = (
            Invalid(code="amount_over_hidden", field=problem.field)
            if hide and problem.code == "amount_over"
            else problem
        )
        seen[problem.field, sentence(shown, reasons)] = None
    return list(seen)


def lines_of(entitled: Entitlement) -> list[tuple[str, object, str]]:
    """Return key, amount and kind (plus, minus, subtotal, result) of a calculation's lines."""
    last = len(entitled.lines) - 1
    kinds = {"+": "plus", "-": "minus", "=": "subtotal"}
    return [
        (line.label_key, line.amount, "result" if place == last else kinds[line.sign.value])
        for place, line in enumerate(entitled.lines)
    ]
