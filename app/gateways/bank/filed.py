"""A bank that takes whole batches as files and answers by files, hours or days later."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from .folder import Folder
from .orders import Form
from .protocol import BankState, Payment, Receipt, Statement


class FiledBank:
    """One agency's bank by file: a form, a folder, and the statements that were kept.

    It has no answer of its own: a question is answered by ``UNKNOWN`` until a file says more,
    and a single payment is not sent (``no_connection``: nothing left the house).
    """

    def __init__(
        self, form: Form, folder: Folder, *, most: int, kept: Callable[[date], Statement | None]
    ) -> None:
        self.form = form
        self.folder = folder
        self.most = most
        self._kept = kept

    def send(self, payment: Payment) -> Receipt:
        """Send nothing: payments go out as a batch, written to disk as one file."""
        return _nothing("no_connection", payment.reference)

    def query(self, reference: str) -> Receipt:
        """Say that nobody knows: only a file from the bank does."""
        return _nothing("no_file", reference)

    def statement(self, day: date) -> Statement:
        """Return the statement of a day if the bank's file of it was taken."""
        return self._kept(day) or Statement(day, (), complete=False, problem="no_file")


def _nothing(code: str, reference: str) -> Receipt:
    return Receipt(BankState.UNKNOWN, code, "", datetime.now(UTC), reference.encode(), b"")
