"""Codes that people read aloud and type: of signs none of which is taken for another."""

SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""31 signs, 4.95 bits each: no 0 beside o, no 1 beside i and l."""


def spelled(number: int, length: int) -> str:
    """Return a number in so many signs; what does not fit is left out."""
    signs = []
    for _place in range(length):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    return "".join(signs)


def bare(typed: str, length: int) -> str:
    """Return a code as it is kept, however it was typed; nothing when it has another length."""
    plain = "".join(sign for sign in typed.lower() if sign.isalnum())[: length + 1]
    return plain if len(plain) == length else ""


def grouped(code: str, size: int) -> str:
    """Return a code in groups, as it is read aloud."""
    return " ".join(code[at : at + size] for at in range(0, len(code), size))
