"""Searching people by name: what is typed is posted, and stands in the address sealed."""

from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import expose, has_access
from werkzeug.wrappers import Response

from app import current
from app.display import sought
from app.screens.base import Screen
from app.screens.searches import StartsWith


class Named(StartsWith):
    """People whose name begins like what was typed."""

    def apply(self, query: Any, value: Any) -> Any:
        """Narrow the query by what the address holds sealed; by nothing when it does not open."""
        return super().apply(query, sought.opened(str(value), current.actor()))


class SoughtByName(Screen):
    """A list of people; its search is sent by POST and led on to an address that says no name."""

    @expose("/search", methods=["POST"])
    @has_access
    def search(self) -> Response:
        """Lead on to the list of those whose name begins like what was typed."""
        typed = {one: request.form.get(one.argument, "").strip() for one in self.searches}
        kept: dict[str, Any] = {
            one.argument: sought.sealed(words, current.actor())
            if issubclass(one.filter, Named)
            else words
            for one, words in typed.items()
            if words
        }
        return redirect(url_for(f"{type(self).__name__}.list", **kept))

    def sends_search_to(self) -> str:
        """Return where the search form is posted."""
        return url_for(f"{type(self).__name__}.search")

    def shown_as(self, name: str, value: str) -> str:
        """Return what stands in a place of the search form."""
        sealed = any(
            one.name == name and issubclass(one.filter, Named) for one in self.searches
        )
        return sought.opened(value, current.actor()) if sealed else value
