"""Making the files of cases that people asked for; nothing is locked meanwhile."""

import datetime as dt
import json
import logging
import secrets

from flask import current_app

from app import outside
from app.domain.errors import IllegalMove
from app.extensions import db
from app.gateways.paper.receipt_pdf import receipt_pdf
from app.gateways.storage import StorageDown
from app.models import Dossier
from app.sealing import SealBroken
from app.services.dossiers import contents, packing, requests
from app.services.paying import receipts
from app.transaction import transaction

STEP = 5
"""After so many pictures the progress is written."""

log = logging.getLogger(__name__)


def make_dossiers(*, now: dt.datetime) -> int:
    """Make every file that waits; one that fails is tried again later, then given up."""
    done = 0
    for key in requests.waiting(db.session()):
        with transaction() as session:
            is_due = requests.begin(session, key)
        if not is_due:
            continue
        place = f"{requests.PLACE}{secrets.token_hex(16)}"
        try:
            done += _made(key, place, now=now)
        except (StorageDown, SealBroken, IllegalMove):
            log.exception("the file %s of a case could not be made", key)
    return done


def _made(key: int, place: str, *, now: dt.datetime) -> bool:
    storage, reading = outside.storage(), db.session()
    dossier = reading.get_one(Dossier, key)
    record, pictures = contents.gathered(reading, dossier)
    words = contents.words_of(reading, [dossier.application.scheme_id])
    papers = _papers(dossier)
    reading.rollback()
    steps = len(pictures) + 1

    def told(count: int) -> None:
        if count % STEP == 0:
            with transaction() as session:
                requests.advance(session, key, done=count, steps=steps)

    with transaction() as session:
        requests.advance(session, key, done=0, steps=steps)
    kept = packing.packed(
        record, pictures, papers, storage=storage, place=place, told=told, words=words
    )
    with transaction() as session:
        requests.advance(session, key, done=steps, steps=steps)
        days = current_app.config["ANJU_DOSSIER_DAYS"]
        is_first = requests.keep(session, key, kept, now=now, days=days)
    if not is_first:
        for number in range(1, kept.parts + 1):
            storage.delete(requests.part_key(kept.place, number))
    return is_first


def _papers(dossier: Dossier) -> dict[str, bytes]:
    """Return the receipt of the case, if it has one, as PDF and as JSON."""
    receipt = receipts.of_case(db.session(), dossier.application)
    if receipt is None:
        return {}
    paper = receipts.printed(
        db.session(), receipt, storage=outside.storage(), address=outside.public_address()
    )
    twin = json.dumps(paper.twin, ensure_ascii=False, indent=1)
    return {"receipt.pdf": receipt_pdf(paper), "receipt.json": twin.encode()}
