"""What people are told when registration, log-in, profile or a card is refused."""

import datetime as dt
from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from app.display.formats import moment
from app.domain.errors import RuleBroken

IDENTITY: Mapping[str, LazyString] = {
    "id_type_unknown": _l("Choose the type of your document."),
    "id_length": _l("The number has %(expected)s characters; you typed %(typed)s."),
    "id_format": _l("A number of this document does not look like this. Please compare it."),
    "id_check_digit": _l(
        "The last character does not agree with the first 17. Please compare."
    ),
    "id_birth_date": _l("The birth date in the number (7th to 14th digit) cannot be right."),
    "id_province": _l("The first two digits name no province. Please compare the number."),
    "id_gender_differs": _l("The gender does not agree with the document number."),
    "birth_date_missing": _l("Type the birth date on the document."),
    "birth_date_format": _l("Type the birth date as year, month and day, such as 1990-03-07."),
    "birth_date_range": _l("This birth date cannot be right. Please compare it."),
    "id_birth_differs": _l("The birth date does not agree with the document number."),
    "id_taken": _l(
        "This identity card is already taken: you have an account. "
        "Recover its password with “Forgot password”."
    ),
    "identity_refused": _l(
        "The identity service does not know this number, name and mobile together. "
        "Please compare them, or bring your document to the counter."
    ),
    "name_length": _l("A name has %(minimum)s to %(maximum)s characters."),
    "name_characters": _l("Type the name as on the document, without digits or signs."),
    "name_not_chinese": _l(
        "This document states the name in Chinese. Type it as it stands there."
    ),
    "name_differs": _l(
        "This document number is on file with another name or document type. "
        "Please bring the document to the counter or call the hotline."
    ),
    "gender_missing": _l("Choose the gender on the document."),
    "ethnicity_unknown": _l("Choose the ethnic group from the list."),
    "agreement_missing": _l("Please read the agreement and tick that you agree."),
    "agreement_changed": _l(
        "The agreement was changed while you were here. Please read it and tick again."
    ),
    "consent_missing": _l("Without this consent your identity cannot be checked."),
}

CODES: Mapping[str, LazyString] = {
    "mobile_format": _l("A mobile number has 11 digits and begins with 1."),
    "mobile_taken": _l(
        "This mobile belongs to another account. Log in with it, or use another number."
    ),
    "code_missing": _l("Press “Get code” and type the 6 digits that arrive."),
    "code_wrong": _l("The code is not right. Please compare it with the message."),
    "code_used": _l("This code was used already. Please get a new one."),
    "code_expired": _l("The code has expired. Please get a new one."),
    "code_tries": _l("Too many tries with this code. Please get a new one."),
    "code_wait": _l("A code was sent just now. You can ask again in %(seconds)s seconds."),
    "code_day_limit": _l("This mobile got %(most)s codes today. Please try again tomorrow."),
    "code_hour_limit": _l("This got %(most)s codes in an hour. Please try again later."),
    "code_address_limit": _l("Too many codes were asked for from here. Try again in an hour."),
}

PASSWORDS: Mapping[str, LazyString] = {
    "login_missing": _l("Type your mobile or document number."),
    "password_short": _l("The password needs at least %(minimum)s characters."),
    "password_long": _l("The password has at most %(maximum)s characters."),
    "password_breached": _l("Thieves try this password first. Please choose another."),
    "password_personal": _l("The password must not contain your name, mobile or number."),
    "password_old_wrong": _l("This is not your present password."),
    "login_locked": _l(
        "Too many wrong tries. Wait %(minutes)s minutes, or unlock it at once: "
        "recover the password with a code to your mobile."
    ),
    "login_barred": _l("This log-in is switched off. Please ask your office."),
    "login_elsewhere": _l(
        "Administrators work in the office's own network only. Log in from there; "
        "nothing was changed."
    ),
}

PROOFS: Mapping[str, LazyString] = {
    "picture_needed": _l(
        "After several tries from here a picture code is asked. Type the digits of the picture."
    ),
    "picture_wrong": _l("These are not the digits of the picture. Here is another one."),
    "picture_expired": _l("The picture is too old. Here is another one."),
    "picture_used": _l("This picture was answered already. Here is another one."),
    "factor_wrong": _l(
        "The code is not right, or was used already. Wait for the next one and type it."
    ),
    "factor_locked": _l(
        "Too many wrong codes. Try again in %(minutes)s minutes, or ask your user administrator."
    ),
    "again_locked": _l(
        "Too many wrong passwords. Try again in %(minutes)s minutes; what you typed was not saved."
    ),
    "factor_there": _l("An authenticator is set up already."),
    "offer_broken": _l("This picture is not valid any more. Read the new one with your app."),
}

OUTSIDE: Mapping[str, LazyString] = {
    "other_person": _l(
        "The other account names a person who is not the one registered here. Log in with your "
        "own account there, or bring your document to the counter."
    ),
    "subject_bound": _l(
        "This account elsewhere is connected to another person here already. "
        "Please call the hotline."
    ),
    "provider_bound": _l(
        "You have connected another account of the same kind. "
        "Disconnect it under “My data” first."
    ),
    "staff_not_outside": _l("Staff log in with name and password here."),
    "staff_connect_inside": _l(
        "Staff log in with name and password first, and connect the other account then: "
        "in the menu under your name, “Other ways to log in”."
    ),
}

CARDS: Mapping[str, LazyString] = {
    "card_digits": _l("A card number consists of digits."),
    "card_length": _l("This card has %(expected)s digits; you typed %(typed)s."),
    "card_luhn": _l(
        "The card number is not right: its last digit does not fit. Please compare."
    ),
    "card_credit": _l("This is a credit card. Money can only be paid to a debit card."),
    "card_bank_differs": _l("This number belongs to a card of another bank than you chose."),
    "card_bank_missing": _l("Choose the bank of the card."),
    "card_class_unknown": _l("Choose the class of the account."),
    "card_not_own": _l(
        "The bank says that this card is not yours. Use a card in your own name."
    ),
    "payee_rests": _l(
        "Your mobile was changed at the counter, so no other receiving account can be given "
        "until %(until)s. Cards on file can be used."
    ),
    "address_long": _l("An address has at most %(maximum)s characters."),
}

SENTENCES = {**IDENTITY, **CODES, **PASSWORDS, **PROOFS, **OUTSIDE, **CARDS}


def sentence(problem: RuleBroken) -> str:
    """Return what is said about a problem, in the reader's language."""
    text = SENTENCES.get(problem.code)
    if text is None:
        return gettext("This cannot be accepted. Please check it.")
    return str(text) % {name: _said(value) for name, value in problem.facts.items()}


def _said(value: object) -> object:
    return moment(value) if isinstance(value, dt.datetime) else value
