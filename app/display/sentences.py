"""The sentence of a broken rule: what happened, what is kept, what to do next."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app, render_template
from jinja2 import TemplateNotFound

from app.display.formats import day
from app.display.words import is_chinese, localized
from app.domain.eligibility import Problem
from app.domain.errors import ManyProblems, RuleBroken

FULL_TEXTS = frozenset({"N03", "N04", "N05", "N06"})
"""Return reasons whose own text is shown; of the others the hall's sentence says more."""

PLACE = re.compile(r"\{(\w+)\}")


def sentence(problem: RuleBroken | Problem, reasons: Iterable[Any] = ()) -> str:
    """Return what is said about a problem, in the reader's language.

    ``reasons`` are the return reasons in force: where one says it (N03 to N06), its text is
    shown with the places filled in.
    """
    code, facts = _code(problem), dict(problem.facts)
    named = _return_reason(problem)
    plain = _rendered(code, facts)
    for reason in reasons:
        if reason.code == named and named in FULL_TEXTS:
            return _filled(localized(reason, "text"), facts, plain)
    return plain


def sentences(problem: RuleBroken, reasons: Iterable[Any] = ()) -> list[tuple[str, str]]:
    """Return field and sentence of every problem told at once."""
    several = problem.problems if isinstance(problem, ManyProblems) else [problem]
    kept = list(reasons)
    return [(one.field, sentence(one, kept)) for one in several]


def _code(problem: RuleBroken | Problem) -> str:
    return problem.because if isinstance(problem, Problem) else problem.code


def _return_reason(problem: RuleBroken | Problem) -> str:
    if isinstance(problem, Problem):
        return problem.return_reason
    return str(problem.facts.get("return_reason", ""))


def _rendered(code: str, facts: Mapping[str, Any]) -> str:
    try:
        text = render_template(f"messages/{code}.txt", **facts)
    except TemplateNotFound:
        current_app.logger.warning("no sentence for the code %s", code)
        text = render_template("messages/rule_broken.txt")
    return " ".join(text.split())


def _filled(text: str, facts: Mapping[str, Any], plain: str) -> str:
    """Fill the places of a return reason's text; ``{note}`` is the hall's own sentence."""
    known = {
        "note": plain.rstrip("。."),
        "reason_name": facts.get("reason_zh" if is_chinese() else "reason_en", ""),
        **{
            key: day(value) if hasattr(value, "isoformat") else str(value)
            for key, value in facts.items()
        },
    }
    return PLACE.sub(lambda place: str(known.get(place[1], "")), text)
