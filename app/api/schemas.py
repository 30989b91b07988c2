"""What the interface takes and gives, field by field; nothing else passes."""

from marshmallow import RAISE, Schema, fields, validate


class Strict(Schema):
    """A body in which an unknown field is a fault, not a surprise."""

    class Meta:
        """Refuse what is not named."""

        unknown = RAISE


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


class ReasonSchema(Schema):
    """A reason on offer and what bars it today."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    kinds = fields.List(fields.String())
    closes_account = fields.String()
    barred_by = fields.List(fields.String())


class AccountSchema(Schema):
    """An account; sums in yuan as text with two places."""

    id = fields.Integer()
    agency = fields.String()
    scheme = fields.String()
    number = fields.String()
    state = fields.String()
    available = fields.String()
    held = fields.String()
    reasons = fields.List(fields.Nested(ReasonSchema))


class EventSchema(Schema):
    """One row of the history that the applicant is shown."""

    at = fields.DateTime()
    action = fields.String()
    status = fields.String()


class PaperSchema(Schema):
    """A paper the application needs and how many pages of it are there."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    need = fields.String()
    origin = fields.String()
    pages = fields.Integer()
    met = fields.Boolean()


class CorrectionSchema(Schema):
    """One line of a return opinion."""

    code = fields.String()
    material_code = fields.String()
    text_zh = fields.String()
    text_en = fields.String()


class ApplicationSchema(Schema):
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


class ProblemSchema(Schema):
    """What is wrong: a code, the field it belongs to, the sentence to show."""

    code = fields.String()
    field = fields.String()
    message = fields.String()


class ProblemsSchema(Schema):
    """Everything that is wrong, at once."""

    problems = fields.List(fields.Nested(ProblemSchema))
