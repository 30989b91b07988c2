"""The base of every generated screen: Flask-AppBuilder's ModelView with its holes closed."""

import copy
from collections.abc import Mapping
from typing import Any

from flask import abort, g, has_app_context, redirect, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.widgets import ListWidget, SearchWidget, ShowWidget
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app import current
from app.domain.revealing import Of, Value, may_ask
from app.screens.addresses import LONGEST_KEY, Addressed
from app.screens.columns import Column
from app.screens.interface import COUNT_CAP
from app.screens.readings import note_opened
from app.screens.searches import Search


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


def is_searched(filters: Filters) -> bool:
    """Tell whether anything was typed that narrows a list."""
    return any(
        value.strip() for _filter, values in filters.get_filters_values() for value in values
    )


class Screen(Addressed, ModelView):
    """A generated list and show page; rows are narrowed by ``base_filters`` alone.

    Actions, downloads and deletes are left out: deeds are services behind pages of their own.
    ``columns`` say what there is to show, ``searches`` by what a list is searched, ``reveals``
    which masked columns may be asked for one by one.
    """

    include_route_methods = {"list", "show"}
    method_permission_name = {"list": "read", "show": "read", "add": "edit", "edit": "edit"}
    page_size = 25
    base_order = ("id", "desc")
    columns: tuple[Column, ...] = ()
    searches: tuple[Search, ...] = ()
    order_columns: list[str] = []
    reveals: tuple[Of, Mapping[str, Value]] | None = None
    is_personal = False
    lead: Any = ""
    form_lead: Any = ""
    nothing_yet: Any = _("What comes stands here.")
    begin: tuple[Any, str] | None = None
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
            nothing_yet="" if is_searched(self._filters) else self.nothing_yet,
            begin=self.begin and (self.begin[0], url_for(self.begin[1])),
        )

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
        widgets["search"] = self.search_widget(
            searches=self.searches, filters=self._filters, screen=self
        )
        return widgets

    def _show(self, pk: Any) -> Any:
        row = self._find(pk)
        if self.is_personal:
            note_opened(row)
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

    def may_reveal(self) -> bool:
        """Tell whether the reader may ask for any masked value of a row."""
        if self.reveals is None or not self.appbuilder.sm.has_access("can_read", "Reveal"):
            return False
        roles = current.actor().roles
        return any(may_ask(roles, self.reveals[0], value) for value in self.reveals[1].values())

    def reveal_url(self, pk: Any, name: str) -> str:
        """Return where a masked value of a row is asked for; empty when it is not."""
        if not self.may_reveal() or self.reveals is None or name not in self.reveals[1]:
            return ""
        of, values = self.reveals
        return url_for("RevealView.show", of=of, row_id=pk, value=values[name])

    def back_to(self, pk: Any) -> Response:
        """Return to the page of a row."""
        return redirect(url_for(f"{type(self).__name__}.show", pk=pk))
