"""What the interface takes and gives, field by field; nothing else passes."""

from typing import Any, ClassVar

from marshmallow import RAISE, Schema, fields, validate


class Named(Schema):
    """A shape that the description of the interface calls by its name without ``Schema``."""

    __component_name__: ClassVar[str]

    def __init_subclass__(cls, **options: Any) -> None:
        """Tell Flask-AppBuilder the name, so that references to it lead somewhere."""
        super().__init_subclass__(**options)
        cls.__component_name__ = cls.__name__.removesuffix("Schema")


class Strict(Named):
    """A body in which an unknown field is a fault, not a surprise."""

    class Meta:
        """Refuse what is not named."""

        unknown = RAISE


class LoginSchema(Named):
    """Who wants to come in: name and password, and what is asked beside them."""

    username = fields.String(required=True)
    password = fields.String(required=True)
    factor = fields.String(metadata={"description": "For staff, the code of the authenticator"})
    picture_token = fields.String()
    picture = fields.String(
        metadata={"description": "The digits of the picture code, when one is asked"}
    )


class TokenSchema(Named):
    """What lets somebody in."""

    access_token = fields.String(metadata={"description": "For the Authorization header"})
    device = fields.String(
        metadata={
            "description": "To be sent as the header Anju-Device of later log-ins; "
            "others' wrong tries do not bar it"
        }
    )


class StartSchema(Strict):
    """Begin an application."""

    account_id = fields.Integer(required=True, strict=True)
    reason_code = fields.String(required=True, validate=validate.Length(max=32))
    closing = fields.Boolean(load_default=None, allow_none=True)


class StepSchema(Strict):
    """The answers of one page: each field as it would be typed."""

    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(max=64)),
        values=fields.String(validate=validate.Length(max=500)),
        required=True,
    )


class HouseSchema(Strict):
    """The number under which a house is looked up."""

    lookup_by = fields.String(
        required=True, validate=validate.OneOf(["filing_contract_no", "title_archive_no"])
    )
    number = fields.String(required=True, validate=validate.Length(max=64))


class SubmitSchema(Strict):
    """The tick under the commitment letter."""

    agree = fields.Boolean(required=True)


class ReasonSchema(Named):
    """A reason on offer and what bars it today."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    kinds = fields.List(fields.String())
    closes_account = fields.String()
    barred_by = fields.List(fields.String())


class AccountSchema(Named):
    """An account; sums in yuan as text with two places."""

    id = fields.Integer()
    agency = fields.String()
    scheme = fields.String()
    number = fields.String()
    state = fields.String()
    available = fields.String()
    held = fields.String()
    reasons = fields.List(fields.Nested(ReasonSchema))


class EventSchema(Named):
    """One row of the history that the applicant is shown."""

    at = fields.DateTime()
    action = fields.String()
    status = fields.String()


class PaperSchema(Named):
    """A paper the application needs and how many pages of it are there."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    need = fields.String()
    origin = fields.String()
    pages = fields.Integer()
    met = fields.Boolean()


class CorrectionSchema(Named):
    """One line of a return opinion."""

    code = fields.String()
    material_code = fields.String()
    text_zh = fields.String()
    text_en = fields.String()


class ApplicationSchema(Named):
    """An application as a list shows it."""

    id = fields.Integer()
    number = fields.String(allow_none=True)
    agency = fields.String()
    scheme = fields.String()
    reason_code = fields.String()
    kind = fields.String()
    status = fields.String()
    label = fields.String()
    amount = fields.String(allow_none=True)
    submitted_at = fields.DateTime(allow_none=True)
    due_on = fields.Date(allow_none=True)
    pay_by = fields.Date(allow_none=True)


class ProgressSchema(ApplicationSchema):
    """An application with its pages, papers, history and corrections."""

    pages = fields.List(fields.String())
    next_page = fields.String(allow_none=True)
    calculation = fields.List(fields.Dict())
    most = fields.String(allow_none=True)
    payee = fields.String()
    house = fields.Dict(allow_none=True)
    materials = fields.List(fields.Nested(PaperSchema))
    corrections = fields.List(fields.Nested(CorrectionSchema))
    history = fields.List(fields.Nested(EventSchema))


class ProblemSchema(Named):
    """What is wrong: a code, the field it belongs to, the sentence to show."""

    code = fields.String()
    field = fields.String()
    message = fields.String()


class ProblemsSchema(Named):
    """Everything that is wrong, at once."""

    problems = fields.List(fields.Nested(ProblemSchema))
