"""What a gateway raises when the other side cannot be reached or understood."""


class Unavailable(Exception):
    """The other side did not give a usable answer; trying again later may help.

    ``service`` names the gateway, ``code`` says how it failed (``time_out``,
    ``no_connection``, ``unreadable``, ``refused`` or the other side's own code).
    """

    def __init__(self, service: str, code: str, text: str = "") -> None:
        self.service = service
        self.code = code
        super().__init__(f"{service}: {code} {text}".rstrip())
