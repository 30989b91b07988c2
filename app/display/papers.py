"""What leaves the hall on paper, as answers: the receipt as PDF, the file of a case in parts."""

from flask import Response, flash, redirect
from werkzeug.wrappers import Response as AnyResponse

from app import outside
from app.display.files import POLICY, as_file
from app.display.sentences import sentence
from app.domain.errors import IllegalMove
from app.extensions import db
from app.gateways.paper.receipt_pdf import receipt_pdf
from app.models import Dossier, Receipt
from app.services.dossiers import requests
from app.services.paying import receipts

REFRESH = 4
"""Seconds after which a page that shows progress is asked for again."""


def receipt_file(key: int, *, back: str) -> AnyResponse:
    """Return the PDF of a receipt as it stands now; ``back`` says why there is none."""
    session = db.session()
    try:
        paper = receipts.printed(
            session, session.get_one(Receipt, key), storage=outside.storage(),
            address=outside.public_address(),
        )  # fmt: skip
    except IllegalMove as broken:
        flash(sentence(broken), "danger")
        return redirect(back)
    name = f"{paper.facts['number']}.pdf"
    return as_file(receipt_pdf(paper), name=name, kind="application/pdf")


def dossier_file(key: int) -> Response:
    """Return the file of a case, read from the storage part by part as it is sent."""
    row = db.session.get_one(Dossier, key)
    parts = requests.stream(row.storage_key or "", row.parts, storage=outside.storage())
    answer = Response(parts, mimetype="application/zip")
    name = f"anju-{row.application.number}-{row.id}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Content-Length"] = str(row.size)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def refreshing(page: str, rows: list[Dossier]) -> Response:
    """Return a page that is asked for again while a file is being made."""
    answer = Response(page, mimetype="text/html")
    if any(row.status == "queued" for row in rows):
        answer.headers["Refresh"] = str(REFRESH)
    return answer
