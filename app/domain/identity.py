"""Who somebody is: names, mobiles and identity documents (rules ID01 to ID04)."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.domain.errors import Invalid
from app.domain.terms import Gender

NAME_MINIMUM, NAME_MAXIMUM = 2, 30
"""Characters of a name; a character of the extension planes counts as one."""

LATIN_MAXIMUM = 80
"""Letters of a name in Latin script, as passports of other countries have them."""

CHINESE_ONLY = frozenset({"resident_id_card", "hmt_residence_permit"})
"""Documents that state the name in Chinese characters."""

EARLIEST_BIRTH = dt.date(1900, 1, 1)

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fffd\U00030000-\U0003fffd"
_LETTER = f"[{_HAN}A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"
_NAME = re.compile(rf"{_LETTER}+(?:[ ·'.-]{{1,2}}{_LETTER}+)*\.?")
_BLANK_BESIDE_HAN = re.compile(rf" (?=[{_HAN}])|(?<=[{_HAN}]) ")
_HAN_INSIDE = re.compile(f"[{_HAN}]")
_DOT_IN_HAN = re.compile(rf"(?<=[{_HAN}])\.(?=[{_HAN}])")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●⸱᛫ꞏ⸳。﹒", "·") | dict.fromkeys("’‘`´ʼ", "'"))
_MOBILE = re.compile(r"(?:\+86|0086)?(1[3-9][0-9]{9})")
_DATE = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?")
_PERSONAL_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_NUMBER_LENGTH = 18

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = "10X98765432"


def normalise(number: str) -> str:
    """Return a typed number as it is kept: NFKC, blanks and invisible marks out, upper case."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", number)
        if not character.isspace() and unicodedata.category(character) != "Cf"
    ).upper()


def same_name(a: str, b: str) -> bool:
    """Tell whether two spellings are one name: NFKC, one kind of dot, blanks and case out."""
    first, second = ("".join(_tidy(name).split()).casefold() for name in (a, b))
    return first == second


def check_name(name: str, *, id_type: str = "") -> str:
    """Return a name as it is kept; codes: name_length, name_characters, name_not_chinese.

    Chinese with the rare characters and the dot ``·`` of names in other tongues, or Latin;
    no digit, no markup. Look-alikes of the dot become it; blanks beside Chinese are dropped.
    """
    tidy = _tidy(name)
    chinese = _HAN_INSIDE.search(tidy) is not None
    most = NAME_MAXIMUM if chinese else LATIN_MAXIMUM
    if not NAME_MINIMUM <= len(tidy) <= most:
        raise Invalid(field="name", code="name_length", minimum=NAME_MINIMUM, maximum=most)
    if not _NAME.fullmatch(tidy):
        raise Invalid(field="name", code="name_characters")
    if not chinese and id_type in CHINESE_ONLY:
        raise Invalid(field="name", code="name_not_chinese")
    return tidy


def _tidy(name: str) -> str:
    tidy = " ".join(unicodedata.normalize("NFKC", name).translate(_DOTS).split())
    return _DOT_IN_HAN.sub("·", _BLANK_BESIDE_HAN.sub("", tidy))


def check_birth_date(typed: str, *, today: dt.date) -> dt.date | None:
    """Return a typed birth date, None when nothing was typed, or raise ``Invalid``.

    Codes: birth_date_format, birth_date_range. ``today`` is the day in Shanghai.
    """
    written = unicodedata.normalize("NFKC", typed).strip()
    if not written:
        return None
    parts = _DATE.fullmatch(written)
    try:
        if parts is None:
            raise ValueError
        born = dt.date(*map(int, parts.groups()))
    except ValueError:
        raise Invalid(field="birth_date", code="birth_date_format") from None
    if not EARLIEST_BIRTH <= born <= today:
        raise Invalid(field="birth_date", code="birth_date_range")
    return born


def check_mobile(mobile: str) -> str:
    """Return the eleven digits of a mainland mobile, or raise ``Invalid`` (mobile_format).

    Full-width digits, blanks, hyphens and the country code +86 are accepted and left out.
    """
    typed = _MOBILE.fullmatch(normalise(mobile).replace("-", ""))
    if typed is None:
        raise Invalid(field="mobile", code="mobile_format")
    return typed[1]


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of identity document, a row of ``id_document_types.csv``.

    ``check_rule`` joins names of checks by ``+``: mod11_2, birth_date, province, gender; or
    is ``regex_only``. Raises ``Invalid`` (id_rule_unknown) for any other, lest a slip of the
    pen switch a check off.
    """

    code: str
    regex: str
    check_rule: str
    birth_and_gender_in_number: bool

    def __post_init__(self) -> None:
        """Refuse a rule that no check stands behind."""
        unknown = self.rules - _CHECKS.keys() - {"regex_only"}
        if unknown:
            raise Invalid(
                field="check_rule", code="id_rule_unknown", rules=", ".join(sorted(unknown))
            )

    @property
    def rules(self) -> frozenset[str]:
        """The names of the checks a number of this kind must pass."""
        return frozenset(self.check_rule.split("+"))


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is known beside the number when it is checked."""

    today: dt.date
    birth_date: dt.date | None
    gender: Gender | None
    provinces: Collection[str]


def check_character(first17: str) -> str:
    """Return the eighteenth character that GB 11643-1999 (ISO 7064 MOD 11-2) gives."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHARACTERS[total % 11]


def birth_date_in(number: str) -> dt.date:
    """Return the birth date inside an 18-character number, or raise ``Invalid``."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid(field="id_number", code="id_birth_date") from None


def gender_in(number: str) -> Gender:
    """Return the gender inside an 18-character number: the seventeenth digit, odd for men."""
    return Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def check_number(
    doc_type: DocumentType,
    number: str,
    *,
    today: dt.date,
    birth_date: dt.date | None = None,
    gender: Gender | None = None,
    provinces: Collection[str],
) -> str:
    """Return a document number as it is kept, or raise ``Invalid`` with the first fault.

    Codes: id_length, id_format, id_check_digit, id_birth_date, id_province, and when
    the form says otherwise id_gender_differs, id_birth_differs (their field is the form's).
    ``provinces`` are the two-digit codes of GB/T 2260; ``today`` is the day in Shanghai.
    """
    kept = normalise(number)
    if doc_type.rules & _CHECKS.keys():
        _check_shape(kept)
    claim = _Claim(today, birth_date, gender, provinces)
    for rule, check in _CHECKS.items():
        if rule in doc_type.rules:
            check(kept, claim)
    if not re.fullmatch(doc_type.regex, kept, re.ASCII):
        raise Invalid(field="id_number", code="id_format")
    return kept


def _check_shape(number: str) -> None:
    """Refuse what is not seventeen digits and a check character."""
    if len(number) != _NUMBER_LENGTH:
        raise Invalid(
            field="id_number", code="id_length", expected=_NUMBER_LENGTH, typed=len(number)
        )
    if not _PERSONAL_NUMBER.fullmatch(number):
        raise Invalid(field="id_number", code="id_format")


def _check_digit(number: str, _claim: _Claim) -> None:
    """Refuse a number whose last character does not follow from the others."""
    if check_character(number[:17]) != number[17]:
        raise Invalid(field="id_number", code="id_check_digit")


def _check_province(number: str, claim: _Claim) -> None:
    """Refuse a province that does not exist; counties are abolished too often to be strict."""
    if number[:2] not in claim.provinces:
        raise Invalid(field="id_number", code="id_province")


def _check_birth(number: str, claim: _Claim) -> None:
    """Refuse a birth date that cannot be, or is not the one on the form."""
    born = birth_date_in(number)
    if not EARLIEST_BIRTH <= born <= claim.today:
        raise Invalid(field="id_number", code="id_birth_date")
    if claim.birth_date is not None and claim.birth_date != born:
        raise Invalid(field="birth_date", code="id_birth_differs")


def _check_gender(number: str, claim: _Claim) -> None:
    """Refuse a gender on the form that the number contradicts."""
    if claim.gender is not None and claim.gender != gender_in(number):
        raise Invalid(field="gender", code="id_gender_differs")


_CHECKS: dict[str, Callable[[str, _Claim], None]] = {
    "mod11_2": _check_digit,
    "province": _check_province,
    "birth_date": _check_birth,
    "gender": _check_gender,
}
