"""Words of the desk: deeds in the history, checks, kinds, papers' quality."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.display.formats import day, moment, money
from app.domain.terms import (
    AccountState,
    Action,
    Capacity,
    Kind,
    Note,
    PayoutStatus,
    Verdict,
)  # fmt: skip
from app.services.review.case_checks import Check

DEEDS: Mapping[str, Any] = {
    Action.SUBMIT: _l("Submitted"),
    Action.TAKE_UP: _l("Accepted for review"),
    Action.PASS_FIRST: _l("Passed the first review"),
    Action.PASS_LEVEL: _l("Passed a further review"),
    Action.RETURN_FOR_CORRECTION: _l("Returned for correction"),
    Action.DECLINE: _l("Not accepted"),
    Action.REJECT: _l("Refused"),
    Action.APPROVE: _l("Approved in the second review"),
    Action.PAY: _l("Paid by the bank"),
    Action.BANK_REFUSED: _l("Refused by the bank"),
    Action.BANK_RETURNED: _l("Sent back by the bank"),
    Action.CONFIRM_PAYEE: _l("New receiving account confirmed"),
    Action.CANCEL: _l("Taken back by the applicant"),
    Action.LAPSE: _l("Ended: not corrected in time"),
    Action.VOID: _l("Voided"),
    Action.UNDO: _l("First review undone"),
    Action.SUPPLEMENT: _l("Supplementary payment opened"),
    Action.STAND: _l("Made by the monthly agreement"),
    Action.STAND_DOWN: _l("Taken back with the monthly agreement"),
    Note.STARTED: _l("Begun"),
    Note.HOLD: _l("Put on hold"),
    Note.RELEASE_HOLD: _l("Hold ended"),
    Note.INVESTIGATE: _l("Check begun; the clock stands still"),
    Note.END_INVESTIGATION: _l("Check ended"),
    Note.ASSIGN: _l("Assigned"),
    Note.CHANGE_PAYEE: _l("Receiving account changed by the applicant"),
    Note.CHECK_PAYEE: _l("New receiving account checked"),
    Note.CONFIRM_RELATION: _l("Relation confirmed"),
    Note.VERDICT: _l("Paper judged"),
    Note.UNKNOWN: _l("No readable answer of the bank"),
    Note.OFFICE_FIX: _l("The bank refused the payment, the office acts"),
}

KINDS: Mapping[Kind, Any] = {
    Kind.FIRST: _l("First withdrawal"),
    Kind.SUBSEQUENT: _l("Second or later withdrawal"),
    Kind.CLOSING: _l("Withdrawal that closes the account"),
}

CAPACITIES: Mapping[Capacity, Any] = {
    Capacity.SELF: _l("for one's own account"),
    Capacity.HEIR: _l("as heir"),
    Capacity.PROXY: _l("as proxy"),
}

VERDICTS: Mapping[Verdict, Any] = {
    Verdict.OPEN: _l("Not looked at"),
    Verdict.ACCEPTED: _l("Meets the requirement"),
    Verdict.TO_FIX: _l("To be corrected"),
}

STATES: Mapping[AccountState, Any] = {
    AccountState.NORMAL: _l("01 normal"),
    AccountState.SEALED: _l("02 sealed"),
    AccountState.CLOSED_BY_MERGER: _l("03 closed by merger"),
    AccountState.CLOSED_BY_TRANSFER: _l("04 closed by transfer"),
    AccountState.CLOSED_BY_WITHDRAWAL: _l("05 closed by withdrawal"),
    AccountState.FROZEN: _l("06 frozen"),
    AccountState.OTHER: _l("99 other"),
}

PAYOUTS: Mapping[PayoutStatus, tuple[Any, str, str]] = {
    PayoutStatus.APPROVED: (_l("Waiting for payment"), "plain", "hourglass-start"),
    PayoutStatus.CLAIMED: (_l("Being sent"), "office", "paper-plane"),
    PayoutStatus.SENT: (_l("Being paid"), "office", "paper-plane"),
    PayoutStatus.UNKNOWN: (_l("Payment in doubt"), "check", "circle-question"),
    PayoutStatus.PAID: (_l("Paid"), "done", "circle-check"),
    PayoutStatus.SETTLED: (_l("Settled"), "done", "circle-check"),
    PayoutStatus.REJECTED: (_l("Refused by the bank"), "turn", "circle-exclamation"),
    PayoutStatus.RETURNED: (_l("Sent back by the bank"), "turn", "circle-exclamation"),
    PayoutStatus.CANCELLED: (_l("Cancelled"), "plain", "ban"),
}

QUALITY: Mapping[str, Any] = {
    "blurred": _l("blurred"),
    "dark": _l("too dark"),
    "small": _l("too small"),
}

DOUBTS: Mapping[str, Any] = {
    "house_not_found": _l("the registry does not know the house"),
    "house_owner_mismatch": _l("the account's holder is not among the buyers"),
    "house_in_other_case": _l("the house stands in another person's open case"),
    "house_mortgaged": _l("the house is mortgaged"),
}

TITLES: Mapping[str, Any] = {
    "identity": _l("Identity"),
    "relation": _l("Relation to the holder"),
    "house": _l("House and owner"),
    "card": _l("Receiving account"),
    "used": _l("Files used before"),
    "state": _l("State of the account"),
    "ban": _l("Withdrawal ban"),
    "frozen": _l("Frozen sums, other open cases"),
    "amount": _l("Amount"),
    "amount_unknown": _l("Amount"),
    "papers": _l("Papers"),
    "letter": _l("Commitment letter"),
}

OK_WORDS: Mapping[str, Any] = {
    "used": _l("never used"),
    "letter": _l("signed"),
    "ban": _l("none"),
    "frozen": _l("none"),
    "papers": _l("complete"),
}


def check_item(check: Check, papers: Mapping[str, str]) -> dict[str, str]:
    """Return a check in words; ``papers`` names the papers by code."""
    words = {
        "ok": str(OK_WORDS.get(check.code, "")) or gettext("agrees"),
        "look": gettext("please look"),
        "bad": gettext("does not agree"),
    }
    return {
        "state": check.state.value,
        "title": str(TITLES[check.code]),
        "note": _NOTES[check.code](check.facts, papers),
        "word": words[check.state.value],
    }


Facts = Mapping[str, Any]


def _identity(facts: Facts, _papers: Facts) -> str:
    if not facts["at"]:
        return gettext("Not verified")
    ways = {
        "id_and_name": gettext("number and name agree with the holder's record"),
        "counter": gettext("at the counter"),
        "demo": gettext("for the demonstration"),
    }
    how = ways.get(facts["how"], facts["how"])
    return gettext("%(how)s, %(at)s", how=how, at=day(facts["at"]))


def _relation(facts: Facts, _papers: Facts) -> str:
    return str(CAPACITIES[facts["capacity"]])


def _house(facts: Facts, _papers: Facts) -> str:
    if facts["doubts"]:
        return gettext(", ").join(str(DOUBTS.get(code, code)) for code in facts["doubts"])
    return gettext("Found in the registry, the holder is a buyer, not sealed")


def _card(facts: Facts, _papers: Facts) -> str:
    return {
        "matched": gettext("Name, number, card and mobile belong together"),
        "mismatch": gettext("The check says it is not the applicant's card"),
    }.get(facts["check"], gettext("The bank checks the holder when it pays"))


def _used(facts: Facts, _papers: Facts) -> str:
    if facts["numbers"]:
        return gettext("The same file is in %(numbers)s", numbers=", ".join(facts["numbers"]))
    return gettext("Files compared with all cases of the agency")


def _state(facts: Facts, _papers: Facts) -> str:
    return str(STATES[facts["state"]])


def _ban(facts: Facts, _papers: Facts) -> str:
    if facts["until"]:
        return gettext("until %(day)s", day=day(facts["until"]))
    return gettext("No ban on this account")


def _frozen(facts: Facts, _papers: Facts) -> str:
    parts = []
    if facts["amount"]:
        parts.append(
            gettext(
                "%(amount)s yuan frozen, %(order)s", amount=money(facts["amount"]),
                order=facts["order"] or "-",
            )
        )  # fmt: skip
    if facts["numbers"]:
        parts.append(gettext("open: %(numbers)s", numbers=", ".join(facts["numbers"])))
    return "; ".join(parts)


def _amount(facts: Facts, _papers: Facts) -> str:
    return gettext(
        "%(asked)s yuan asked, %(allowed)s yuan allowed", asked=money(facts["asked"]),
        allowed=money(facts["allowed"]),
    )  # fmt: skip


def _unknown(_facts: Facts, _papers: Facts) -> str:
    return gettext("A fact of the calculation is not known; set the amount by the papers")


def _papers(facts: Facts, papers: Mapping[str, str]) -> str:
    said = []
    if facts["missing"]:
        names = ", ".join(dict.fromkeys(papers.get(code, code) for code in facts["missing"]))
        said.append(gettext("missing: %(names)s", names=names))
    if facts["unclear"]:
        names = ", ".join(dict.fromkeys(papers.get(code, code) for code in facts["unclear"]))
        said.append(gettext("hard to read: %(names)s", names=names))
    return "; ".join(said)


def _letter(facts: Facts, _papers: Facts) -> str:
    if not facts["at"]:
        return gettext("Not signed")
    return gettext(
        "version %(version)s, %(at)s", version=facts["version"], at=moment(facts["at"])
    )


_NOTES: Mapping[str, Any] = {
    "identity": _identity,
    "relation": _relation,
    "house": _house,
    "card": _card,
    "used": _used,
    "state": _state,
    "ban": _ban,
    "frozen": _frozen,
    "amount": _amount,
    "amount_unknown": _unknown,
    "papers": _papers,
    "letter": _letter,
}
