"""What staff take away on paper of a case: its receipt; the audit keeps who took it."""

from flask import abort
from flask_appbuilder import BaseView, expose, has_access
from werkzeug.wrappers import Response

from app import current, outside
from app.desk import deeds
from app.display.files import as_file
from app.domain.errors import NotAllowed
from app.extensions import db
from app.gateways.paper.receipt_pdf import receipt_pdf
from app.models import Receipt
from app.services.paying import receipts
from app.transaction import transaction


class DeskPaperView(BaseView):
    """The papers of a case."""

    route_base = "/desk/papers"
    class_permission_name = "Desk"
    method_permission_name = {"receipt": "read"}

    @expose("/<int:case_id>/receipt")
    @has_access
    def receipt(self, case_id: int) -> Response:
        """Hand out the receipt of a paid case of the agency."""
        try:
            with transaction() as session:
                taken = receipts.take(
                    session, case_id, actor=current.actor(), now=current.now()
                ).id
        except NotAllowed as broken:
            deeds.refuse(broken, about=f"application:{case_id}")
            abort(404)
        paper = receipts.printed(
            db.session(), db.session.get_one(Receipt, taken), storage=outside.storage(),
            address=outside.public_address(),
        )  # fmt: skip
        data = receipt_pdf(paper)
        return as_file(data, name=f"{paper.facts['number']}.pdf", kind="application/pdf")
