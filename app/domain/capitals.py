"""Amounts in Chinese capitals (人民币大写), as bills and receipts write them.

Source: 支付结算办法, annex 一 (正确填写票据和结算凭证的基本规定), whose examples are written as they
stand there: 壹拾万柒仟元零伍角叁分, 壹仟陆佰捌拾元零叁角贰分.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = ("", "万", "亿")
GROUP = 10_000
MOST = Decimal("999999999999.99")
CENT = Decimal("0.01")


def in_capitals(amount: Decimal) -> str:
    """Return yuan in capitals: 人民币伍仟元整; raise ``ValueError`` outside 0.00 … 999 999 999 999.99.

    整 stands after yuan and after jiao; an amount of no yuan begins with jiao or fen.
    """
    if not 0 <= amount <= MOST or amount != amount.quantize(CENT):
        raise ValueError(f"{amount} cannot be written in capitals")
    yuan, fen = divmod(int(amount * 100), 100)
    jiao, fen = divmod(fen, 10)
    words = "人民币"
    if yuan or not (jiao or fen):
        words += (_whole(yuan) or DIGITS[0]) + "元"
    if not (jiao or fen):
        return words + "整"
    if yuan and (not jiao or yuan % 10 == 0):
        words += DIGITS[0]
    if jiao:
        words += DIGITS[jiao] + "角"
    return words + (DIGITS[fen] + "分" if fen else "整")


def _whole(yuan: int) -> str:
    """Return whole yuan, without the word for them."""
    words, rest, skipped = "", yuan, False
    for power in (2, 1, 0):
        group, rest = divmod(rest, GROUP**power)
        if group:
            gap = words and (skipped or group < GROUP // 10)
            words += (DIGITS[0] if gap else "") + _four(group) + GROUPS[power]
        skipped = not group
    return words


def _four(group: int) -> str:
    """Return a number below ten thousand; zeros between digits are one."""
    words, zero = "", False
    for digit, place in zip(f"{group:04}", PLACES, strict=True):
        if digit == "0":
            zero = bool(words)
            continue
        words += (DIGITS[0] if zero else "") + DIGITS[int(digit)] + place
        zero = False
    return words
