"""Making the copies of their own data that people asked for; nothing is locked meanwhile."""

import datetime as dt
import logging

from app import outside
from app.extensions import db
from app.gateways.storage import StorageDown
from app.models import Applicant
from app.sealing import SealBroken
from app.services.privacy import data_exports
from app.transaction import transaction

log = logging.getLogger(__name__)


def make_exports(*, now: dt.datetime) -> int:
    """Make every copy that waits; one that fails is tried again later, then given up."""
    storage, done = outside.storage(), 0
    for key in data_exports.waiting(db.session()):
        with transaction() as session:
            applicant = data_exports.begin(session, key)
            whose = applicant.id if applicant else None
        if whose is None:
            continue
        try:
            reading = db.session()
            data = data_exports.made(reading, reading.get_one(Applicant, whose), storage)
            reading.rollback()
            place = data_exports.put_away(data, storage)
            with transaction() as session:
                done += data_exports.keep(session, key, place, len(data), storage, now=now)
        except (StorageDown, SealBroken):
            log.exception("copy %s of own data could not be made", key)
    return done
