"""The base of every generated screen: Flask-AppBuilder's ModelView with its holes closed."""

import copy
import re
from typing import Any

from flask import abort, g, has_app_context, request
from flask_appbuilder import ModelView
from flask_appbuilder.models.filters import Filters

MAX_PAGE_SIZE = 100
PAGING = re.compile(r"(page|psize)_")
FILTER = re.compile(r"_flt_(\d+)_(.+)")
LONGEST_KEY = 18


class Screen(ModelView):
    """A generated list and show page; rows are narrowed by ``base_filters`` alone.

    Actions, downloads and deletes are left out: deeds are services behind pages of their own.
    """

    include_route_methods = {"list", "show"}
    method_permission_name = {"list": "read", "show": "read", "add": "edit", "edit": "edit"}
    page_size = 25
    base_order = ("id", "desc")
    search_columns: list[str] = []
    order_columns: list[str] = []

    @property
    def _filters(self) -> Filters:
        """One Filters object a request: shared by threads it mixes up their searches."""
        if not has_app_context():
            return self._filters_of_class
        mine: dict[Any, Filters] = g.setdefault("screen_filters", {})
        if self not in mine:
            mine[self] = copy.copy(self._filters_of_class)
            mine[self].clear_filters()
        return mine[self]

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._filters_of_class = value

    def _list(self, **kw: Any) -> Any:
        self._check_arguments()
        return super()._list(**kw)

    def _show(self, pk: Any) -> Any:
        if not str(pk).isdigit() or len(str(pk)) > LONGEST_KEY:
            abort(404)
        return super()._show(pk)

    def _edit(self, pk: Any) -> Any:
        if not str(pk).isdigit() or len(str(pk)) > LONGEST_KEY:
            abort(404)
        return super()._edit(pk)

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
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY):
            return False
        return name.startswith("page_") or 0 < int(value) <= MAX_PAGE_SIZE

    def _good_filter(self, place: str, column: str) -> bool:
        offered = self._filters_of_class.get_search_filters().get(column, ())
        return int(place[:4]) < len(offered)
