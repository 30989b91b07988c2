"""A property registry over HTTP."""

from app.domain.terms import Lookup
from app.gateways.errors import Unavailable
from app.gateways.json_call import call
from app.gateways.registry.protocol import Answer, asked_number, judged
from app.gateways.registry.reading import read_house


class HttpPropertyRegistry:
    """Asks ``POST <url>`` with one number; answered by ``{"result", "record"}``."""

    def __init__(self, url: str, *, token: str, seconds: float = 8.0) -> None:
        self._url = url
        self._token = token
        self._seconds = seconds

    def look_up(
        self, *, filing_contract_no: str | None = None, title_archive_no: str | None = None
    ) -> Answer:
        """Ask the registry; silence, nonsense and another house than asked: ``UNAVAILABLE``."""
        field, number = asked_number(filing_contract_no, title_archive_no)
        try:
            said = call(
                "registry", self._url, {field: number}, token=self._token, seconds=self._seconds
            )
            result = Lookup(said["result"])
            if result is not Lookup.FOUND:
                record = said.get("record")
                return Answer(result, read_house(record) if record else None)
            house = read_house(said["record"])
        except (Unavailable, ValueError, KeyError, AttributeError):
            return Answer(Lookup.UNAVAILABLE)
        return judged(house) if getattr(house, field) == number else Answer(Lookup.UNAVAILABLE)
