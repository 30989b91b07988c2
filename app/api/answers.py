"""Answers of the interface: what was done, or everything that is wrong."""

import functools
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, ValidationError

from app import denials
from app.display.sentences import sentence
from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed, RuleBroken

STATUS: tuple[tuple[type[RuleBroken], int], ...] = (
    (ManyProblems, 422),
    (Invalid, 422),
    (IllegalMove, 409),
    (NotAllowed, 403),
    (RuleBroken, 422),
)


def told(broken: RuleBroken) -> Response:
    """Return every problem with its sentence; what may not be seen is not found."""
    problems = broken.problems if isinstance(broken, ManyProblems) else [broken]
    status = next(code for kind, code in STATUS if isinstance(broken, kind))
    answer = jsonify(
        problems=[
            {"code": problem.code, "field": problem.field, "message": sentence(problem)}
            for problem in problems
        ]
    )
    answer.status_code = 404 if broken.code == "not_found" else status
    return answer


def answering(deed: Callable[..., Any]) -> Callable[..., Any]:
    """Turn broken rules and bodies that do not fit their schema into answers."""

    @functools.wraps(deed)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return deed(*args, **kwargs)
        except ValidationError as unfit:
            named = unfit.messages_dict
            return told(ManyProblems([Invalid(code="body_invalid", field=f) for f in named]))
        except RuleBroken as broken:
            if isinstance(broken, NotAllowed):
                denials.write(broken.code)
            return told(broken)

    return answered


def body(schema: type[Schema]) -> dict[str, Any]:
    """Return the request's JSON body as the schema reads it; raises ``ValidationError``."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise ValidationError({"body": ["a JSON object is needed"]})
    read: dict[str, Any] = schema().load(sent)
    return read
