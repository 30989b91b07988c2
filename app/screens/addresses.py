"""What stands in the address of a list: page, size, order, filters, the row to begin beside."""

import re
from typing import Any

from flask import abort, request, url_for

from app.screens.interface import Seek

MAX_PAGE_SIZE = 100
PAGING = re.compile(r"(page|psize|after|before)_")
FILTER = re.compile(r"_flt_(\d+)_(.+)")
OURS = re.compile(r"(page|psize|after|before|_oc|_od|_flt_\d+)_\w+$")
LONGEST_KEY = 18
LONGEST_PAGE = 7


class Addressed:
    """A list whose arguments are checked and whose links keep what was asked for."""

    order_columns: list[str]
    search_columns: list[str]

    def _check_arguments(self) -> None:
        """Answer a bad page, size, order or filter with 400, not with a fault."""
        for name, value in request.args.items():
            if PAGING.match(name) and not self._good_number(name, value):
                abort(400)
            if name == f"_oc_{type(self).__name__}" and value not in self.order_columns:
                abort(400)
            if (found := FILTER.match(name)) and not self._good_filter(*found.groups()):
                abort(400)

    @staticmethod
    def _good_number(name: str, value: str) -> bool:
        longest = LONGEST_PAGE if name.startswith("p") else LONGEST_KEY
        if not (value.isascii() and value.isdigit() and len(value) <= longest):
            return False
        return not name.startswith("psize_") or 0 < int(value) <= MAX_PAGE_SIZE

    def _good_filter(self, place: str, column: str) -> bool:
        return (
            place == "0"
            and column in self.search_columns
            and "\0" not in "".join(request.args.getlist(f"_flt_{place}_{column}"))
        )

    def _seek(self, column: str, direction: str) -> Seek | None:
        """Return the row from which the reader turned the page."""
        for word in ("after", "before"):
            if value := request.args.get(f"{word}_{type(self).__name__}"):
                down = direction == "desc"
                return Seek(int(value), column, descending=down, backwards=word == "before")
        return None

    def sends_search_to(self) -> str:
        """Return where the search form is posted; nothing when it is asked in the address."""
        return ""

    def shown_as(self, _name: str, value: str) -> str:
        """Return what stands in a place of the search form for what the address says."""
        return value

    def turn(self, page: int, **beside: int) -> str:
        """Return the address of a page, ``after`` or ``before`` a row of this one."""
        name = type(self).__name__
        kept = self._kept(f"page_{name}", f"after_{name}", f"before_{name}")
        here: dict[str, Any] = (
            {f"{word}_{name}": key for word, key in beside.items()} if page else {}
        )
        return url_for(f"{name}.list", **kept | {f"page_{name}": page} | here)

    def sort(self, column: str, direction: str) -> str:
        """Return the address of the list's first page in another order."""
        name = type(self).__name__
        order = (f"_oc_{name}", f"_od_{name}")
        kept = self._kept(f"page_{name}", f"after_{name}", f"before_{name}", *order)
        chosen = dict(zip(order, (column, direction), strict=True))
        return url_for(f"{name}.list", **kept | chosen)

    @staticmethod
    def _kept(*names: str) -> dict[str, Any]:
        """Return the list's arguments in this address without some; others are not repeated."""
        return {
            name: value
            for name, value in request.args.items()
            if value and name not in names and OURS.match(name)
        }
