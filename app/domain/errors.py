"""What can go wrong by the rules; every kind has a ``code`` that names its message."""

from collections.abc import Mapping
from typing import Any


class RuleBroken(Exception):
    """A rule of the fund forbids what was asked.

    ``code`` names the sentence shown (``messages/<code>.txt``), ``facts`` are its placeholders,
    ``field`` is the form field it belongs to, empty when it concerns the whole page.
    """

    code = "rule_broken"

    def __init__(
        self, why: str = "", *, code: str | None = None, field: str = "", **facts: Any
    ) -> None:
        self.code = code or self.code
        self.field = field
        self.facts: Mapping[str, Any] = facts
        super().__init__(why or self.code)


class NotAllowed(RuleBroken):
    """The actor has no right to this deed."""

    code = "not_allowed"


class IllegalMove(RuleBroken):
    """The case is not in a status that this action starts from, or has moved on meanwhile."""

    code = "moved_on"


class Invalid(RuleBroken):
    """A value that was typed or loaded is not acceptable."""

    code = "invalid"


class ManyProblems(RuleBroken):
    """Several rules are broken at once; all are told together (一次性告知)."""

    code = "many_problems"

    def __init__(self, problems: list[RuleBroken]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


class ProofNeeded(Exception):
    """Who asks has to prove again who they are, then the deed is done as it was asked for.

    Nothing is forbidden and nothing typed is wrong, so this is no broken rule: entry points let
    it pass, and the hall answers with the page that asks. ``sms``: a code to the mobile too.
    """

    code = "fresh_proof"

    def __init__(self, *, sms: bool) -> None:
        self.sms = sms
        super().__init__(self.code)
