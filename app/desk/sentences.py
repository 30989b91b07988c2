"""What staff are told when a deed is refused."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from app.display import sentences
from app.display.formats import money
from app.domain.errors import ManyProblems, RuleBroken

SENTENCES: Mapping[str, LazyString] = {
    "moved_on": _l(
        "This case has moved on since you opened it. Nothing was changed; what you typed is "
        "still here. Look at the history before you decide again."
    ),
    "on_hold": _l("The case is on hold or being checked: no decision until that has ended."),
    "not_found": _l("There is no such case in your agency."),
    "role_missing": _l("Your role does not include this step."),
    "own_case": _l(
        "You have no right here: the case is your own, or your identity is not on file."
    ),
    "four_eyes": _l("You have signed this case already. Another person has to take this step."),
    "signed_further": _l("A further review has signed already; the first cannot be undone."),
    "not_allowed": _l("You have no right to this step."),
    "return_needs_lines": _l("Name at least one thing to correct."),
    "return_reason_unknown": _l("Choose a reason from the list."),
    "note_needed": _l("This reason needs a note: say what exactly."),
    "fact_needed": _l("This sentence has a gap: fill in what it names."),
    "feedback_unanswered": _l("Please write the answer."),
    "reason_needed": _l("Give the reason; it stays in the file."),
    "mark_invalid": _l("The frame lies outside the picture. Draw it again."),
    "page_unknown": _l("The page framed does not belong to this paper."),
    "relation_unconfirmed": _l("First confirm that the applicant may act for this account."),
    "payout_in_flight": _l("The bank may be paying this case now. Wait until it has answered."),
    "payout_live": _l("An earlier payment of this case has not ended."),
    "books_unproven": _l(
        "The books have not been proven since the stop. Wait for the proof, then confirm."
    ),
    "books_broken": _l(
        "The proof of the books found faults. Payouts stay stopped until they are put right."
    ),
    "finding_differs": _l("The line is not this payment: amount, account or day differ."),
    "payee_unchecked": _l("Nobody has checked the new account yet; that comes first."),
    "payee_unchanged": _l(
        "The applicant has not corrected the receiving account since the bank refused it."
    ),
    "no_such_colleague": _l("There is no such colleague in your agency."),
    "choice_invalid": _l("Choose one of what is offered."),
    "reveal_reason": _l("Give the reason; it is recorded with your name."),
    "reveal_limit": _l(
        "You have looked at as many values as one person may within an hour. Try again later, "
        "or ask your supervisor."
    ),
    "window_open": _l(
        "The bank may still book this payment. “Not paid” can be said only after its window and "
        "a statement without it."
    ),
    "file_going": _l(
        "The file of this payment may be going out right now. Wait until the bank files show it "
        "as put out; where payouts are stopped, they have to go on first."
    ),
    "proof_needed": _l("Name the proof: voucher, statement line, or who confirmed it."),
    "outcome_unknown": _l("Choose what became of the payment."),
    "resolution_differs": _l(
        "Your colleague said something else. Settle it, then begin again."
    ),
    "document_differs": _l(
        "This is not the number that was given with the request. Compare the document with the "
        "request."
    ),
    "contact_unknown": _l(
        "Nobody on file has this number and name. Refuse the request and let the person register."
    ),
    "mobile_taken": _l("This mobile belongs to another account by now. Refuse the request."),
    "tick_missing": _l("Tick that you have seen the document and the person."),
    "open_case": _l("Another case is open on this account. That one has to end first."),
    "batch_empty": _l("Choose at least one payment."),
    "amount_over": _l(
        "What is free on the account does not cover it: it is held, frozen or gone."
    ),
    "statement_has_it": _l(
        "A statement has a line with its reference: the bank had it. Settle the line first, under "
        "Reconciliation."
    ),
}


def sentence(broken: RuleBroken) -> str:
    """Return the sentence for a refused deed: the desk's own, else what everybody is told."""
    if isinstance(broken, ManyProblems):
        return " ".join(sentence(problem) for problem in broken.problems)
    if broken.code == "amount_over" and "max_amount" in broken.facts:
        most = money(broken.facts["max_amount"])
        return gettext(
            "The amount is above what may be withdrawn now (%(most)s yuan).", most=most
        )
    found = SENTENCES.get(broken.code)
    return str(found) if found else sentences.sentence(broken)
