"""Users and roles as an agency's user administrator meets them: staff only, own agency only."""

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.security.views import RoleModelView, UserDBModelView

from app import current
from app.domain.terms import Role
from app.models import Applicant, Staff


class OwnStaff(BaseFilter):  # type: ignore[misc]  # FAB's filters are not typed
    """Log-ins of the agency's staff; the installation's administrator sees those of all."""

    name = "own staff"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Leave applicants out, and the staff of others."""
        actor = current.actor()
        if actor.has(Role.INSTALLATION_ADMIN):
            applicants = sa.select(Applicant.user_id).where(Applicant.user_id.is_not(None))
            return query.filter(self.model.id.not_in(applicants))
        own = sa.select(Staff.user_id).where(Staff.agency_id == actor.agency_id)
        return query.filter(self.model.id.in_(own))


class StaffUserView(UserDBModelView):  # type: ignore[misc]  # FAB's views are not typed
    """Log-ins of staff."""

    class_permission_name = "Staff"
    method_permission_name = {
        "list": "read", "show": "read", "edit": "edit", "add": "edit", "userinfo": "read",
        "userinfoedit": "edit", "resetpasswords": "edit", "resetmypassword": "edit",
    }  # fmt: skip
    include_route_methods = {"list", "show", "edit"}
    base_filters = [["id", OwnStaff, None]]
    list_columns = ["username", "active", "roles", "last_login"]
    search_columns = ["username", "active"]
    edit_columns = ["active", "roles"]


class RoleView(RoleModelView):  # type: ignore[misc]  # FAB's views are not typed
    """Roles; what each may do is written in the settings."""

    class_permission_name = "Roles"
    method_permission_name = {"list": "read", "show": "read", "copy_role": "edit"}
    include_route_methods = {"list", "show"}
    list_columns = ["name"]
    search_columns = ["name"]
