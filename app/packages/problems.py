"""What is wrong with a package: every fault with its file, line and column, told at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.errors import RuleBroken


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault; line 1 is the header of a table, line 0 the file as a whole."""

    file: str
    line: int
    column: str
    why_zh: str
    why_en: str

    def __str__(self) -> str:
        """Say where and what, as a command prints it."""
        return f"{self.file}:{self.line}: {self.column or '-'}: {self.why_zh} / {self.why_en}"


class PackageRefused(RuleBroken):
    """A package has faults, so nothing of it is taken."""

    code = "package_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "\n".join(str(problem) for problem in self.problems),
            count=len(self.problems),
        )


class Findings:
    """The faults found so far while a package is read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, line: int, column: str, why_zh: str, why_en: str) -> None:
        """Note one fault and go on reading."""
        self.problems.append(Problem(file, line, column, why_zh, why_en))

    def refuse_if_any(self) -> None:
        """Raise ``PackageRefused`` with everything found."""
        if self.problems:
            raise PackageRefused(self.problems)
