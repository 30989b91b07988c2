"""Fields of the forms of generated screens: what may be typed, told beside the field."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)  # fmt: skip
from wtforms import validators as check
from wtforms.widgets import CheckboxInput, ListWidget

from app.screens.searches import Options


def strip(value: Any) -> Any:
    """Take blanks off both ends of what was typed."""
    return value.strip() if isinstance(value, str) else value


NEEDED = check.InputRequired(_("Please fill this in."))
MAY_BE_EMPTY = check.Optional()
CODES_HINT = _("Codes with commas between them.")


def needed(required: object) -> Any:
    """Return the rule of a field that must, or need not, be filled."""
    return NEEDED if required else MAY_BE_EMPTY


class CodesField(StringField):
    """A short list of codes, typed with commas."""

    def process_data(self, value: Any) -> None:
        """Show the codes with commas."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the codes."""
        typed = (valuelist[0] if valuelist else "").replace("，", ",").replace("|", ",")
        self.data = tuple(one.strip() for one in typed.split(",") if one.strip())

    def _value(self) -> str:
        return ", ".join(self.data or ())


class ChecksField(SelectMultipleField):
    """Several choices to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def line(label: Any, most: int, *, required: bool = True, hint: Any = "") -> Any:
    """Return a line of text."""
    rules = [needed(required), check.Length(max=most)]
    return StringField(label, rules, filters=[strip], description=hint)


def long(label: Any, *, required: bool = True, hint: Any = "") -> Any:
    """Return a text of several lines."""
    rules = [needed(required), check.Length(max=4000)]
    return TextAreaField(label, rules, filters=[strip], description=hint, render_kw={"rows": 4})


def whole(label: Any, least: int, most: int, *, required: bool = True, hint: Any = "") -> Any:
    """Return a whole number between two."""
    rules = [needed(required), check.NumberRange(least, most)]
    return IntegerField(label, rules, description=hint)


def money(label: Any, *, hint: Any = "") -> Any:
    """Return a sum in yuan, zero or more."""
    rules = [NEEDED, check.NumberRange(min=0, max=10**11)]
    return DecimalField(label, rules, places=2, description=hint)


def date(label: Any, *, required: bool = False, hint: Any = "") -> Any:
    """Return a date."""
    return DateField(label, [needed(required)], description=hint)


def time(label: Any, *, hint: Any = "") -> Any:
    """Return a time of day."""
    return TimeField(label, [MAY_BE_EMPTY], description=hint)


def flag(label: Any, *, hint: Any = "") -> Any:
    """Return a yes or no."""
    return BooleanField(label, description=hint)


def choice(label: Any, options: Options, *, coerce: Any = str, hint: Any = "") -> Any:
    """Return a choice of one."""
    return SelectField(label, choices=lambda: list(options()), coerce=coerce, description=hint)


def checks(label: Any, options: Options, *, hint: Any = "") -> Any:
    """Return a choice of several."""
    return ChecksField(label, choices=lambda: list(options()), description=hint)


def codes(label: Any, *, hint: Any = "") -> Any:
    """Return a list of codes."""
    return CodesField(label, description=hint)


def secret(label: Any, *, hint: Any = "") -> Any:
    """Return a password."""
    return PasswordField(
        label, [NEEDED], description=hint, render_kw={"autocomplete": "new-password"}
    )


def form(**fields: Any) -> type[FlaskForm]:
    """Return a form of these fields."""
    return type("Form", (FlaskForm,), fields)
