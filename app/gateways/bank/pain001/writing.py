"""A batch as pain.001.001.09 (customer credit transfer initiation)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import escape

from app.gateways.bank.orders import Order, Unwritable
from app.gateways.bank.protocol import Payment

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "CNY"
CLEARING_SYSTEM = "CNAPS"
"""ISO's external code of the China National Advanced Payment System."""

MOST_NAME, MOST_PURPOSE, MOST_ID, MOST_ACCOUNT = 140, 140, 35, 34
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(order: Order) -> bytes:
    """Write the batch; the same order gives the same bytes.

    Raises ``Unwritable`` when the batch is empty, names a payment twice, or an identifier or an
    amount has no place in the format.
    """
    _check(order)
    return "".join(_document(order)).encode("utf-8")


def _check(order: Order) -> None:
    references = [payment.reference for payment in order.payments]
    if not references or len(set(references)) != len(references):
        raise Unwritable("a batch holds each payment once, and one at least")
    if not 0 < len(order.message_id) <= MOST_ID:
        raise Unwritable("the batch number has no place")
    if not 0 < len(order.payer_account) <= MOST_ACCOUNT:
        raise Unwritable("the payer account has no place")
    for payment in order.payments:
        exact = payment.amount == payment.amount.quantize(Decimal("0.01"))
        if payment.amount <= 0 or not exact:
            raise Unwritable(f"{payment.reference}: no amount of whole fen")
        if not plain(payment.payee_name, MOST_NAME):
            raise Unwritable(f"{payment.reference}: the payee has no name")
        if not 0 < len(payment.payee_card) <= MOST_ACCOUNT:
            raise Unwritable(f"{payment.reference}: no account")


def _document(order: Order) -> Iterator[str]:
    count, total = len(order.payments), f"{order.total:.2f}"
    message_id, payer = escape(order.message_id), escape(plain(order.payer_name, MOST_NAME))
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}">\n'
    yield (
        f"<CstmrCdtTrfInitn>\n<GrpHdr><MsgId>{message_id}</MsgId>"
        f"<CreDtTm>{order.made_at.isoformat(timespec='seconds')}</CreDtTm>"
        f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
        f"<InitgPty><Nm>{payer}</Nm></InitgPty></GrpHdr>\n"
    )
    yield (
        f"<PmtInf><PmtInfId>{message_id}</PmtInfId><PmtMtd>TRF</PmtMtd>"
        f"<BtchBookg>false</BtchBookg><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
        f"<ReqdExctnDt><Dt>{order.pay_on.isoformat()}</Dt></ReqdExctnDt>"
        f"<Dbtr><Nm>{payer}</Nm></Dbtr>"
        f"<DbtrAcct>{_account(order.payer_account)}<Ccy>{CURRENCY}</Ccy></DbtrAcct>"
        f"<DbtrAgt>{_institution(order, order.payer_bank_code)}</DbtrAgt>\n"
    )
    for payment in order.payments:
        yield _transfer(order, payment)
    yield "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n"


def _transfer(order: Order, payment: Payment) -> str:
    reference, purpose = escape(payment.reference), plain(payment.purpose, MOST_PURPOSE)
    remittance = f"<RmtInf><Ustrd>{escape(purpose)}</Ustrd></RmtInf>" if purpose else ""
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>{reference}</InstrId>"
        f"<EndToEndId>{reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{CURRENCY}">{payment.amount:.2f}</InstdAmt></Amt>'
        f"<CdtrAgt>{_institution(order, payment.payee_bank_code)}</CdtrAgt>"
        f"<Cdtr><Nm>{escape(plain(payment.payee_name, MOST_NAME))}</Nm></Cdtr>"
        f"<CdtrAcct>{_account(payment.payee_card)}</CdtrAcct>{remittance}</CdtTrfTxInf>\n"
    )


def _account(number: str) -> str:
    if is_iban(number):
        return f"<Id><IBAN>{number}</IBAN></Id>"
    return f"<Id><Othr><Id>{escape(number)}</Id></Othr></Id>"


def _institution(order: Order, code: str) -> str:
    """Name a bank by its clearing number (联行号) where it is known, else by our code."""
    number, name = order.clearing.get(code, ("", ""))
    if not number:
        inside = f"<Othr><Id>{escape(code or 'NOTPROVIDED')}</Id></Othr>"
    else:
        named = f"<Nm>{escape(plain(name, MOST_NAME))}</Nm>" if name else ""
        inside = (
            f"<ClrSysMmbId><ClrSysId><Cd>{CLEARING_SYSTEM}</Cd></ClrSysId>"
            f"<MmbId>{escape(number)}</MmbId></ClrSysMmbId>{named}"
        )
    return f"<FinInstnId>{inside}</FinInstnId>"


def is_iban(number: str) -> bool:
    """Tell whether an account number is an IBAN with right check digits (ISO 13616)."""
    if not IBAN.fullmatch(number):
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def plain(text: str, most: int) -> str:
    """Return a text without what XML cannot hold, its blanks single, cut to so many characters."""
    return " ".join(NOT_IN_XML.sub("", text).split())[:most]
