"""The bank's reason codes, who has to act on each, and how they read.

Names follow ISO 20022's external status reason list; ``DUPL`` is the usual 银企 word for AM05.
Codes that are not here are in ``iso_codes``, by family.
"""

from collections.abc import Mapping

from .iso_codes import Reason, Responsible, further

__all__ = ["REASONS", "Reason", "Responsible", "reason_of"]

_APPLICANT, _OFFICE = Responsible.APPLICANT, Responsible.OFFICE
_LATER, _STOP = Responsible.LATER, Responsible.STOP

REASONS: Mapping[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("AC01", _APPLICANT, "收款账号不正确", "The account number is wrong"),
        Reason("AC03", _APPLICANT, "收款账号无效", "The payee's account is not valid"),
        Reason("AC04", _APPLICANT, "收款账户已销户", "The payee's account is closed"),
        Reason("AC06", _APPLICANT, "收款账户被冻结", "The payee's account is blocked"),
        Reason("AG01", _APPLICANT, "账户类型不允许入账", "This kind of account cannot take it"),
        Reason("AM04", _LATER, "付款账户余额不足", "The payer's account lacks funds"),
        Reason("AM05", _STOP, "流水号重复", "The reference was used before"),
        Reason("DUPL", _STOP, "流水号重复", "The reference was used before"),
        Reason("AM09", _STOP, "金额不符", "The amount is wrong"),
        Reason("AM10", _STOP, "控制合计不符", "The control total is wrong"),
        Reason("AM18", _STOP, "笔数不符", "The number of payments is wrong"),
        Reason("BE01", _APPLICANT, "户名与账号不符", "Name and account do not belong together"),
        Reason("RC01", _OFFICE, "联行号错误", "The bank code is wrong"),
        Reason("RR04", _OFFICE, "监管原因拒绝", "Refused for a regulatory reason"),
        Reason("TM01", _LATER, "超过银行截止时间", "After the bank's closing time"),
        Reason("FF01", _STOP, "报文格式错误", "The message has a wrong format"),
        Reason("MS02", _OFFICE, "收款人未说明原因", "The payee gave no reason"),
        Reason("MS03", _OFFICE, "银行未说明原因", "The bank gave no reason"),
        Reason("NARR", _OFFICE, "原因见附言", "The reason is in the remark"),
    )
}


def reason_of(code: str) -> Reason:
    """Return the reason of a code: its own, its family's, or for no code of ISO's ``MS03``."""
    return REASONS.get(code) or further(code) or REASONS["MS03"]
