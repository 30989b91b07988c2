"""What another provider says of somebody who logged in there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class OutsidePerson:
    """Somebody as a provider knows the person; ``subject`` is the provider's own word.

    ``real_name`` says that the provider vouches for name and document; ``staff`` that members
    of staff may come this way; ``keep_subject`` that the provider is written to later.
    """

    provider: str
    subject: str
    name: str = ""
    id_type: str = ""
    id_number: str = ""
    mobile: str = ""
    level: str = ""
    real_name: bool = False
    staff: bool = False
    keep_subject: bool = False

    @property
    def is_identified(self) -> bool:
        """Tell whether the provider vouches for a document and the name on it."""
        return self.real_name and bool(self.id_type and self.id_number and self.name)

    def as_record(self) -> dict[str, Any]:
        """Return the person as what JSON can hold."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "OutsidePerson":
        """Return the person that ``as_record`` described; raise ``TypeError`` or ``KeyError``."""
        return cls(**{field.name: record[field.name] for field in fields(cls)})
