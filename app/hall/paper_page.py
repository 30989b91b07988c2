"""What an applicant takes away on paper: the receipt of a paid application."""

from flask import abort
from flask_appbuilder import BaseView, expose, has_access
from werkzeug.wrappers import Response

from app import current, outside
from app.display.files import as_file
from app.domain.errors import NotAllowed
from app.extensions import db
from app.gateways.paper.receipt_pdf import receipt_pdf
from app.models import Receipt
from app.services.paying import receipts
from app.transaction import transaction


class PaperView(BaseView):
    """The papers of an own application."""

    route_base = "/hall/papers"
    class_permission_name = "Hall"
    method_permission_name = {"receipt": "read"}

    @expose("/<int:key>/receipt")
    @has_access
    def receipt(self, key: int) -> Response:
        """Hand out the receipt of an own paid application."""
        try:
            with transaction() as session:
                taken = receipts.take_own(
                    session, key, actor=current.actor(), now=current.now()
                ).id
        except NotAllowed:
            abort(404)
        paper = receipts.printed(
            db.session(), db.session.get_one(Receipt, taken), storage=outside.storage(),
            address=outside.public_address(),
        )  # fmt: skip
        data = receipt_pdf(paper)
        return as_file(data, name=f"{paper.facts['number']}.pdf", kind="application/pdf")
