"""How long a text may be that a person types freely: an opinion, a reason, a proof."""

from app.domain.errors import Invalid

LONGEST = 2000
LONGEST_LINE = 1000
"""Of a line that is put into a longer text."""


def check_length(text: str, field: str, *, most: int = LONGEST) -> None:
    """Raise ``Invalid`` (text_too_long) for a text that no page and no file has room for."""
    if len(text) > most:
        raise Invalid("too long", code="text_too_long", field=field, most=most)
