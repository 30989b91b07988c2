"""The decision form as it was typed: lines of a return opinion, marks on pictures, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.errors import Invalid
from app.services.review.decisions import ReturnLine

MOST_LINES = 30
SIDES = ("x", "y", "width", "height")
WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the opinion as typed; ``mark`` is x,y,width,height in per cent."""

    code: str = ""
    material: str = ""
    page: str = ""
    mark: str = ""
    note: str = ""

    def as_line(self, place: int) -> ReturnLine:
        """Return the line for the service; raise ``Invalid`` for a mark that is none."""
        if self.page and not self.page.isdecimal():
            raise Invalid(code="choice_invalid", field=f"page-{place}")
        return ReturnLine(
            code=self.code,
            material_code=self.material,
            page_id=int(self.page) if self.page else None,
            mark=mark_of(self.mark, f"mark-{place}") if self.page else None,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class ReturnForm:
    """All lines that were typed, empty ones too."""

    rows: tuple[Line, ...] = field(default=(Line(),))

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "ReturnForm":
        """Read the lines of a form; one line stands there at least."""
        count = form.get("line-count", "0")
        number = min(int(count), MOST_LINES) if count.isdecimal() else 0
        rows = tuple(
            Line(*(form.get(f"{name}-{place}", "").strip() for name in _NAMES))
            for place in range(number)
        )
        return cls(rows or (Line(),))

    def lines(self) -> list[ReturnLine]:
        """Return the lines that name a reason."""
        return [row.as_line(place) for place, row in enumerate(self.rows) if row.code]

    def changed(self, wish: str) -> "ReturnForm":
        """Return the form with a line more (``add``) or without one (``drop-2``)."""
        if wish == "add" and len(self.rows) < MOST_LINES:
            return replace(self, rows=(*self.rows, Line()))
        place = wish.removeprefix("drop-")
        if place.isdecimal():
            kept = tuple(row for at, row in enumerate(self.rows) if at != int(place))
            return replace(self, rows=kept or (Line(),))
        return self


_NAMES = ("code", "material", "page", "mark", "note")


def mark_of(text: str, where: str = "mark") -> dict[str, float] | None:
    """Return a rectangle in per cent of the picture, or None for none; raise ``Invalid``."""
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise Invalid(code="mark_invalid", field=where) from None
    if len(numbers) != len(SIDES) or not all(0 <= number <= WHOLE for number in numbers):
        raise Invalid(code="mark_invalid", field=where)
    x, y, width, height = numbers
    if not (width and height and x + width <= WHOLE + 1 and y + height <= WHOLE + 1):
        raise Invalid(code="mark_invalid", field=where)
    return dict(zip(SIDES, (round(number, 2) for number in numbers), strict=True))


def refusal_line(form: Mapping[str, str], deed: str) -> ReturnLine:
    """Return the one written reason of a refusal."""
    return ReturnLine(
        code=form.get(f"{deed}-code", "").strip(),
        material_code=form.get(f"{deed}-material", "").strip(),
        note=form.get(f"{deed}-note", "").strip(),
    )
