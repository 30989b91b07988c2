"""Checking a receipt: whoever holds the code on it learns whether it is genuine, nothing more."""

import logging
from decimal import Decimal
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current
from app.display.formats import money
from app.display.sentences import sentence
from app.domain.errors import NotAllowed
from app.extensions import db
from app.hall.receipt_words import rows_of
from app.models import Receipt
from app.services.entry import tries
from app.services.paying import receipt_proof, receipts
from app.services.records import money_days
from app.transaction import transaction

CHECK = "receipt"
"""What is counted when somebody asks for a code that no receipt has."""

logger = logging.getLogger(__name__)

MOST_CODE = 60


class CheckView(BaseView):
    """The public page on which a receipt is checked."""

    route_base = "/check"
    default_view = "ask"

    @expose("/")
    def ask(self) -> Response | str:
        """Ask for the code, and lead to what is known of it."""
        if code := request.args.get("code", "").strip()[:MOST_CODE]:
            return redirect(url_for("CheckView.show", token="".join(code.split())))
        return self._page()

    @expose("/<token>")
    def show(self, token: str) -> Any:
        """Say whether a receipt with this code is genuine; an unknown code has one answer.

        One that says something else than its payment is not confirmed, and none of it is shown.
        """
        try:
            key = asked(token)
        except NotAllowed as broken:
            return self._page(problem=sentence(broken)), 429
        if key is None:
            return self._page(state="unknown"), 404
        receipt = db.session.get_one(Receipt, key)
        if not receipt_proof.is_confirmed(db.session(), receipt):
            logger.error("receipt %s says something else than its payment", receipt.number)
            return self._page(state="differs")
        day = money_days.day_of_receipt(db.session(), receipt)
        facts = receipts.facts_of(receipt)
        return self._page(
            state="void" if receipts.is_superseded(receipt) else "genuine",
            number=receipt.number,
            sum=gettext("%(sum)s yuan", sum=money(Decimal(facts["amount"]))),
            capitals=facts["capitals"],
            facts=rows_of(facts),
            day=day,
        )

    def _page(self, **shown: Any) -> str:
        page: str = self.render_template("hall/check.html", **shown)
        return page


def asked(code: str) -> int | None:
    """Return the key of the receipt that a code names; every miss of an address is counted.

    Raises ``NotAllowed`` (too_many_tries).
    """
    address, now = current.actor().address or request.remote_addr or "", current.now()
    tries.check(db.session(), CHECK, address=address, now=now)
    found = receipts.find_by_code(db.session(), code[:MOST_CODE])
    if found is not None:
        return found.id
    with transaction() as session:
        tries.miss(session, CHECK, address=address, now=now)
    return None
