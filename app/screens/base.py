"""The base of every generated screen: Flask-AppBuilder's ModelView with its holes closed."""

import copy
import re
from typing import Any

from flask import abort, g, has_app_context, redirect, request, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.widgets import ListWidget, SearchWidget, ShowWidget
from werkzeug.wrappers import Response

from app.screens.columns import Column
from app.screens.interface import COUNT_CAP, Seek
from app.screens.searches import Search

MAX_PAGE_SIZE = 100
PAGING = re.compile(r"(page|psize|after|before)_")
FILTER = re.compile(r"_flt_(\d+)_(.+)")
LONGEST_KEY = 18
LONGEST_PAGE = 7


class Rows(ListWidget):
    """The rows of a list, as a table or, on a phone, as cards."""

    template = "screens/rows.html"


class SearchForm(SearchWidget):
    """The places a list is searched by, all visible."""

    template = "screens/search.html"

    def __call__(self, **kw: Any) -> str:
        """Write the form with what was searched for."""
        return super(SearchWidget, self).__call__(**kw)


class Values(ShowWidget):
    """The values of one row."""

    template = "screens/values.html"


class Screen(ModelView):
    """A generated list and show page; rows are narrowed by ``base_filters`` alone.

    Actions, downloads and deletes are left out: deeds are services behind pages of their own.
    ``columns`` say what there is to show, ``searches`` by what a list is searched.
    """

    include_route_methods = {"list", "show"}
    method_permission_name = {"list": "read", "show": "read", "add": "edit", "edit": "edit"}
    page_size = 25
    base_order = ("id", "desc")
    columns: tuple[Column, ...] = ()
    searches: tuple[Search, ...] = ()
    order_columns: list[str] = []
    lead: Any = ""
    form_lead: Any = ""
    list_template = "screens/list.html"
    show_template = "screens/show.html"
    add_template = "screens/form.html"
    edit_template = "screens/form.html"
    list_widget = Rows
    search_widget = SearchForm
    show_widget = Values
    search_form = add_form = edit_form = DynamicForm

    def _init_properties(self) -> None:
        """Keep to what is declared: Flask-AppBuilder fills what is empty with everything."""
        orders = list(self.order_columns)
        self.label_columns = {one.name: one.label for one in self.columns}
        self.datamodel.cells = {one.name: one.cell for one in self.columns}
        super()._init_properties()
        self.order_columns = orders
        self.search_columns = [one.name for one in self.searches]
        found = {one.name: [one.filter(one.name, self.datamodel)] for one in self.searches}
        vars(self._filters_of_class).update(_search_filters=found, _all_filters=found)

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

    def _get_list_widget(self, **kw: Any) -> Any:
        column, direction = kw.get("order_column", ""), kw.get("order_direction", "")
        if not column:
            found = self._order_found()
            column, direction = (found, "desc") if found else self.base_order
        g.seek = self._seek(column, direction) if kw.get("page") else None
        return super()._get_list_widget(
            **kw | {"order_column": column, "order_direction": direction},
            numbers=frozenset(one.name for one in self.columns if one.is_number),
            can_show=self.opens("show"),
            can_edit=self.opens("edit"),
            cap=COUNT_CAP,
            turn=self.turn,
            sort=self.sort,
        )

    def _seek(self, column: str, direction: str) -> Seek | None:
        """Return the row from which the reader turned the page."""
        for word in ("after", "before"):
            if value := request.args.get(f"{word}_{type(self).__name__}"):
                down = direction == "desc"
                return Seek(int(value), column, descending=down, backwards=word == "before")
        return None

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
        """Return the arguments of this address without some."""
        return {
            name: value for name, value in request.args.items() if name not in names and value
        }

    def _order_found(self) -> str:
        """Return the column whose index answers what is searched for in order."""
        asked = {one.name: one.order for one in self.searches if one.order}
        for one, values in self._filters.get_filters_values():
            if any(value.strip() for value in values) and one.column_name in asked:
                return asked[one.column_name]
        return ""

    def opens(self, deed: str) -> bool:
        """Tell whether the screen has such a page and the reader may open it."""
        if deed not in self.include_route_methods:
            return False
        right = f"can_{self.method_permission_name[deed]}"
        return bool(self.appbuilder.sm.has_access(right, self.class_permission_name))

    def _get_search_widget(self, **kw: Any) -> Any:
        widgets = kw.get("widgets") or {}
        widgets["search"] = self.search_widget(searches=self.searches, filters=self._filters)
        return widgets

    def _show(self, pk: Any) -> Any:
        self._find(pk)
        return super()._show(pk)

    def _find(self, pk: Any) -> Any:
        """Return a row that the reader may see, or answer that there is none."""
        if not str(pk).isascii() or not str(pk).isdigit() or len(str(pk)) > LONGEST_KEY:
            abort(404)
        return self.datamodel.get(int(pk), self._base_filters) or abort(404)

    def update_redirect(self) -> None:
        """Keep no trail of addresses in the cookie: they hold what was searched for."""

    def get_redirect(self) -> str:
        """Return to the list."""
        return url_for(f"{type(self).__name__}.list")

    def render_template(self, template: str, **kw: Any) -> str:
        """Give the page the way back to its list and what else it may say."""
        return super().render_template(template, screen=self, **kw)

    def list_links(self) -> list[tuple[str, str]]:
        """Return what else one may go to from the list: label and address."""
        return []

    def show_links(self, _pk: Any) -> list[tuple[str, str]]:
        """Return what else one may go to from a row: label and address."""
        return []

    def back_to(self, pk: Any) -> Response:
        """Return to the page of a row."""
        return redirect(url_for(f"{type(self).__name__}.show", pk=pk))

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
