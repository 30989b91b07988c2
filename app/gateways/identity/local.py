"""Identity by rule alone: form and check digit, no register behind it."""

from stdnum.iso7064 import mod_11_2

from app.gateways.identity.protocol import IdentityState, Verified

WITH_CHECK_DIGIT = frozenset({"resident_id_card", "hmt_residence_permit", "foreign_pr_id_2023"})
UNKNOWN_TAIL = "0000"
REFUSED_TAIL = "9999"
_LENGTH = 18


class LocalIdentityCheck:
    """Verifies whoever is formally right.

    A mobile ending in 9999 is refused and one ending in 0000 unknown, so that both ways can
    be walked without a register.
    """

    def verify(self, id_type: str, number: str, name: str, mobile: str) -> Verified:
        """Judge by form, check digit (GB 11643) and the last digits of the mobile."""
        if not name.strip():
            return Verified(IdentityState.REFUSED, "name_missing")
        if id_type in WITH_CHECK_DIGIT and not _is_sound(number):
            return Verified(IdentityState.REFUSED, "number_wrong")
        if mobile.endswith(REFUSED_TAIL):
            return Verified(IdentityState.REFUSED, "mismatch")
        if mobile.endswith(UNKNOWN_TAIL):
            return Verified(IdentityState.UNKNOWN, "time_out")
        return Verified(IdentityState.VERIFIED)


def _is_sound(number: str) -> bool:
    return len(number) == _LENGTH and number.isascii() and bool(mod_11_2.is_valid(number))
