"""What a screen shows of a personal value that is not revealed (rule SE03)."""

import re

from app.domain import identity

STARS = "****"

_KEPT = 4
_CARD_MINIMUM = 12
_MOBILE = re.compile(r"[0-9]{11}")
_STREET = r"\d路街道巷弄号"
_ADDRESS = re.compile(
    rf"(?:[^\d][^{_STREET}市区县]{{1,8}}?(?:省|自治区|特别行政区))?"
    rf"(?:[^\d][^{_STREET}区县旗]{{1,10}}?(?:(?<!超)市|自治州|地区|盟))?"
    rf"(?:[^\d][^{_STREET}区县旗]{{0,14}}?(?:(?<![小社园校厂])区|县|旗|(?<!超)市))?"
)
"""Province, city, district; their first character is free, for there are 道里区 and 路北区."""


def mask_name(name: str) -> str:
    """Return a name with its first and last character: 张*, 张*三, 欧**娜."""
    match list(name.strip()):
        case [first, *hidden, last] if hidden:
            return first + "*" * len(hidden) + last
        case [first, _]:
            return first + "*"
        case alone:
            return "*" * len(alone)


def mask_id(number: str) -> str:
    """Return a document number with four characters at each end, fewer when it is short.

    At least half of the characters are hidden, whatever the kind of document.
    """
    bare = identity.normalise(number)
    return _ends(bare, min(_KEPT, len(bare) // 4))


def mask_mobile(mobile: str) -> str:
    """Return a mobile with its first three and last four digits."""
    bare = identity.normalise(mobile)
    if _MOBILE.fullmatch(bare):
        return bare[:3] + STARS + bare[-4:]
    return _ends(bare, min(3, len(bare) // 4))


def mask_card(number: str) -> str:
    """Return a card as its holder sees it: first and last four, always two groups hidden."""
    bare = identity.normalise(number)
    if len(bare) < _CARD_MINIMUM:
        return mask_card_staff(bare)
    return f"{bare[:4]} {STARS} {STARS} {bare[-4:]}"


def mask_card_staff(number: str) -> str:
    """Return a card as staff see it: the last four digits only."""
    bare = identity.normalise(number)
    return f"{STARS} {bare[-4:]}" if len(bare) >= 2 * _KEPT else STARS


def mask_address(address: str) -> str:
    """Return an address down to the district; one that names none of these is hidden whole."""
    place = _ADDRESS.match("".join(address.split()))
    return (place[0] if place else "") + STARS if address.strip() else ""


def _ends(value: str, kept: int) -> str:
    """Return a value with so many characters left at each end."""
    hidden = "*" * (len(value) - 2 * kept)
    return value[:kept] + hidden + value[len(value) - kept :]
