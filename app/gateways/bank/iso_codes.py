"""The rest of ISO 20022's external reason codes, by family: who acts, and what it is about.

The list of the second quarter of 2026 has 327 codes of refusal and return. Those a bank in China
sends are in ``codes`` one by one; a code that is not there belongs to the family of its first
letters, unless it is named here as an exception in its family.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Responsible(StrEnum):
    """What a refusal asks for."""

    APPLICANT = "applicant_fixes"
    OFFICE = "office_fixes"
    LATER = "retry_later"
    STOP = "stop_run"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason code, its class and its sentence in both languages."""

    code: str
    responsible: Responsible
    zh: str
    en: str


_APPLICANT, _OFFICE = Responsible.APPLICANT, Responsible.OFFICE
_LATER, _STOP = Responsible.LATER, Responsible.STOP
Family = tuple[Responsible, str, str]

_ACCOUNT: Family = (_APPLICANT, "收款账户有误", "The payee's account is not right")
_OURS: Family = (_OFFICE, "付款账户有误", "The payer's account is not right")
_PARTY: Family = (_OFFICE, "收款人资料不完整或不符", "What is said of the payee is not right")
_RULES: Family = (_OFFICE, "银行或监管规定不允许", "Rules of the bank or the law forbid it")
_MESSAGE: Family = (_STOP, "报文内容或签名有误", "The message or its signature is not right")
_WAIT: Family = (
    _LATER,
    "银行系统暂不可用或已超时",
    "The bank's systems were not ready in time",
)
_AMOUNT: Family = (_OFFICE, "金额不被接受", "The amount is not accepted")
_OTHER: Family = (_OFFICE, "银行拒绝，原因见附言", "Refused; the remark says why")
_BANK: Family = (_OFFICE, "收款银行行号有误", "The payee's bank is not right")
_TWICE: Family = (_STOP, "流水号重复", "The reference was used before")

FAMILIES: Mapping[str, Family] = {
    "AB": _WAIT, "AC": _ACCOUNT, "AE": _RULES, "AG": _RULES, "AL": _OTHER, "AM": _AMOUNT,
    "AP": _OTHER, "AR": _OTHER, "AT": _OTHER, "BD": _WAIT, "BE": _PARTY, "CE": _RULES,
    "CH": _MESSAGE, "CN": _OTHER, "CU": _OTHER, "DC": _MESSAGE, "DN": _RULES, "DS": _MESSAGE,
    "DT": _WAIT, "DU": _TWICE, "ED": _WAIT, "EM": _MESSAGE, "EO": _OTHER, "ER": _RULES,
    "FF": _MESSAGE, "FO": _OTHER, "FR": _RULES, "G0": _OTHER, "GU": _OTHER, "ID": _PARTY,
    "IE": _MESSAGE, "IM": _MESSAGE, "IN": _MESSAGE, "IP": _OTHER, "IR": _RULES, "IS": _OTHER,
    "IU": _MESSAGE, "MD": _RULES, "MI": _MESSAGE, "MS": _OTHER, "NA": _OTHER, "NE": _OTHER,
    "NO": _OTHER, "NR": _OTHER, "OB": _OTHER, "OS": _OTHER, "PI": _OTHER, "PN": _OTHER,
    "RC": _BANK,
    "RE": _OTHER, "RF": _MESSAGE, "RQ": _OTHER, "RR": _RULES, "RT": _OTHER, "RU": _OTHER,
    "S0": _OTHER, "SB": _OTHER, "SL": _RULES, "SN": _OTHER, "SP": _OTHER, "SV": _OTHER,
    "TA": _OTHER, "TD": _OTHER, "TK": _MESSAGE, "TM": _WAIT, "TR": _OTHER, "TS": _MESSAGE,
    "UC": _OTHER, "UP": _OTHER, "UT": _OTHER, "WG": _OTHER,
}  # fmt: skip
"""The families by the first two characters of their codes."""

EXCEPTIONS: Mapping[str, Family] = {
    "AC02": _OURS, "AC05": _OURS, "AC08": _PARTY, "AC10": _OURS, "AC13": _OURS, "AG02": _MESSAGE,
    "AG10": _WAIT, "AG11": _WAIT, "AM01": _MESSAGE, "AM03": _MESSAGE, "AM06": _MESSAGE,
    "AM11": _MESSAGE, "AM12": _MESSAGE, "AM13": _AMOUNT, "AM17": _MESSAGE, "AM19": _MESSAGE,
    "AM23": _WAIT, "BE05": _MESSAGE, "BE06": _ACCOUNT, "CURR": _MESSAGE, "CHRG": _OTHER,
    "CHCO": _OTHER, "CHQC": _OTHER, "DT04": _MESSAGE, "ED01": _OTHER, "ED06": _OTHER,
    "EDNA": _OTHER, "EDTL": _OTHER, "EDTR": _OTHER, "NOAS": _OTHER, "RCON": _OTHER,
    "MINF": _OTHER, "INAR": _OTHER,
}  # fmt: skip
"""Codes whose family would send them to the wrong person."""

SAME_AGAIN = frozenset({"DU01", "DU02", "DU03", "DU04", "DU05"})
"""Refused because the bank has it already: what a Chinese bank calls ``DUPL``."""

AFTER_HOURS = frozenset({"TM01"})
"""Refused because the bank has closed: the next working day is the first to try again."""


def further(code: str) -> Reason | None:
    """Return the reason of a code by its family, or None for a code that is not ISO's."""
    family = EXCEPTIONS.get(code) or (
        FAMILIES.get(code[:2]) if len(code) == len("AC01") else None
    )
    return None if family is None else Reason(code, *family)
