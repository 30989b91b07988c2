"""Forms of registration, log-in, profile and cards: what is typed stays, all problems at once."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.fields import Field
from wtforms.validators import ValidationError

from app.domain.errors import ManyProblems, RuleBroken
from app.hall.people.people_sentences import sentence

TYPED_MAXIMUM = 200
"""Nobody types more into one line; longer input is refused before it is worked on."""


class Filled:
    """Refuses an empty field with a sentence of its own."""

    def __init__(self, text: Any) -> None:
        self.text = text

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Raise when nothing was typed, or far too much."""
        typed = field.data if isinstance(field.data, str) else ""
        if not typed.strip():
            raise ValidationError(str(self.text))
        if len(typed) > TYPED_MAXIMUM:
            raise ValidationError(gettext("This is too long."))


class PeopleForm(FlaskForm):
    """A form that takes the service's problems in beside its own."""

    codes: frozenset[str] = frozenset()
    picture_shown: str = ""

    def attach(self, broken: RuleBroken) -> None:
        """Put every problem beside its field, unless the field has one; others on top."""
        problems = broken.problems if isinstance(broken, ManyProblems) else [broken]
        self.codes = frozenset(problem.code for problem in problems)
        for problem in problems:
            field = self._fields.get(problem.field)
            if field is None:
                self.form_errors.append(sentence(problem))
            elif not field.errors:
                field.errors = [sentence(problem)]

    def problems(self) -> list[tuple[str, str]]:
        """Return (field, sentence) in the order of the page."""
        own = [("", text) for text in self.form_errors]
        return own + [
            (name, str(field.errors[0])) for name, field in self._fields.items() if field.errors
        ]

    def error(self, name: str) -> str:
        """Return the sentence beside a field."""
        errors = self._fields[name].errors
        return str(errors[0]) if errors else ""

    def faulty(self, names: Iterable[str]) -> bool:
        """Tell whether one of the fields has a problem of its own."""
        return any(self._fields[name].errors for name in names)


class LogInForm(PeopleForm):
    """Log-in by mobile, document number or staff name."""

    login = StringField(validators=[Filled(_l("Type your mobile or document number."))])
    password = PasswordField(validators=[Filled(_l("Type your password."))])
    picture = StringField()
    picture_token = HiddenField()


class FactorForm(PeopleForm):
    """The code of the authenticator app, or a recovery code."""

    factor = StringField(validators=[Filled(_l("Type the code of your authenticator."))])
    offer = HiddenField()


class RegisterForm(PeopleForm):
    """Real-name registration (实名认证信息, 相关账号信息)."""

    id_type = StringField(validators=[Filled(_l("Choose the type of your document."))])
    id_number = StringField(validators=[Filled(_l("Type the number of your document."))])
    name = StringField(validators=[Filled(_l("Type your name."))])
    gender = StringField(validators=[Filled(_l("Choose the gender on the document."))])
    birth_date = StringField()
    ethnicity = StringField()
    mobile = StringField(validators=[Filled(_l("Type your mobile number."))])
    code = StringField(
        validators=[Filled(_l("Press “Get code” and type the 6 digits that arrive."))]
    )
    password = PasswordField(validators=[Filled(_l("Choose a password."))])
    agreement = BooleanField()
    agreement_version = HiddenField()
    consent = BooleanField()
    token = HiddenField()


class ContactForm(PeopleForm):
    """A lost mobile: who asks, and the new one with its code."""

    id_type = StringField(validators=[Filled(_l("Choose the type of your document."))])
    id_number = StringField(validators=[Filled(_l("Type the number of your document."))])
    name = StringField(validators=[Filled(_l("Type your name."))])
    mobile = StringField(validators=[Filled(_l("Type your mobile number."))])
    code = StringField(
        validators=[Filled(_l("Press “Get code” and type the 6 digits that arrive."))]
    )
    token = HiddenField()


class AgreementForm(PeopleForm):
    """A newer version of the user agreement."""

    agreement = BooleanField()
    agreement_version = HiddenField()


class RecoverForm(PeopleForm):
    """A new password by a code to the mobile on file."""

    login = StringField(validators=[Filled(_l("Type your mobile or document number."))])
    code = StringField(validators=[Filled(_l("Type the 6 digits that arrived."))])
    password = PasswordField(validators=[Filled(_l("Choose a password."))])
    token = HiddenField()


class MobileForm(PeopleForm):
    """A new mobile, proved by a code."""

    mobile = StringField(validators=[Filled(_l("Type your mobile number."))])
    code = StringField(
        validators=[Filled(_l("Press “Get code” and type the 6 digits that arrive."))]
    )
    token = HiddenField()


class BindForm(PeopleForm):
    """The code that connects a way in from outside with the own log-in."""

    code = StringField(validators=[Filled(_l("Type the 6 digits that arrived."))])
    token = HiddenField()


class AddressForm(PeopleForm):
    """The address for letters."""

    address = StringField()


class PasswordForm(PeopleForm):
    """Another password, by somebody who knows the present one."""

    old_password = PasswordField(validators=[Filled(_l("Type your present password."))])
    password = PasswordField(validators=[Filled(_l("Choose a password."))])


class CardForm(PeopleForm):
    """A receiving account of one's own."""

    bank_account_no = StringField(validators=[Filled(_l("Type the number of the card."))])
    bank_code = StringField()
    card_class = StringField()
