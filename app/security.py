"""Flask-AppBuilder's security manager, told how this hall signs people in."""

from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import flash, g, request, session
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    User,
    ViewMenu,
)
from flask_babel import gettext
from flask_login import current_user

from app import current
from app.api.signin import SignInApi
from app.devices import DEVICE, Device, forget, half_way, may_work_here, people_rules
from app.display.sentences import sentence
from app.domain.errors import NotAllowed
from app.extensions import db
from app.hall.people.signin import SignInView
from app.services.entry import sessions
from app.services.entry.entering import is_staff
from app.transaction import transaction

_RIGHT = (
    sa.select(PermissionView)
    .join(PermissionView.permission)
    .join(PermissionView.view_menu)
    .where(Permission.name == sa.bindparam("permission"), ViewMenu.name == sa.bindparam("view"))
)


class HallSecurityManager(SecurityManager):
    """Users and roles of the hall; rights are patterns in the settings."""

    authdbview = SignInView
    security_api = SignInApi

    def count_users(self) -> int:
        """Say that there are users: else FAB advises a command that makes one without rights."""
        return 1

    def find_permission_view_menu(
        self, permission_name: str, view_menu_name: str
    ) -> PermissionView | None:
        """Find a right by its two names in one question: each start asks for 300 of them."""
        names = {"permission": permission_name, "view": view_menu_name}
        return db.session.scalars(_RIGHT, names).one_or_none()

    def register_views(self) -> None:
        """Hang the log-in alone: users and roles are screens of the hall."""
        self.appbuilder.add_api(self.security_api)
        self.auth_view = self.appbuilder.add_view_no_menu(self.authdbview())

    def create_login_manager(self, app: Any) -> Any:
        """Send strangers to the log-in page of the hall."""
        manager = super().create_login_manager(app)
        manager.login_view, manager.login_message = "SignInView.login", None
        return manager

    @cached_property
    def _granted(self) -> dict[tuple[str, str, str], bool]:
        return {}

    def _has_access_builtin_roles(
        self, role: Any, permission_name: str, view_name: str
    ) -> bool:
        """Remember what a role opens: the patterns are settings, a page asks for dozens."""
        asked = (role.name, permission_name, view_name)
        if asked not in self._granted:
            self._granted[asked] = super()._has_access_builtin_roles(
                role, permission_name, view_name
            )
        return self._granted[asked]

    def get_user_roles(self, user: Any) -> list[Any]:
        """Return the roles in force now; groups and roles of other makers open nothing."""
        if not user.is_authenticated:
            return list(super().get_user_roles(user))
        held = current.actor().roles
        return [role for role in user.roles if role.name in held]

    def auth_user_db(self, _username: str, _password: str) -> None:
        """Let nobody in: the hall's own page and interface are the only doors."""
        return

    def load_user(self, pk: int | str) -> User | None:
        """Return the user of this browser while its device is signed in."""
        return self._user_of(pk, session.get(DEVICE, ""))

    def load_user_jwt(self, _jwt_header: Any, jwt_data: dict[str, Any]) -> User | None:
        """Return the user of a token while the device it was made for is signed in."""
        user = self._user_of(jwt_data["sub"], str(jwt_data.get(DEVICE, "")))
        if user is not None:
            g.user = user
        return user

    def before_request(self) -> None:
        """Look once a request whether the browser's device is still signed in, and note it."""
        g.user = current_user
        token = session.get(DEVICE)
        if not token or (request.endpoint or "").endswith("static"):
            return
        if current_user.is_authenticated:
            note_use(g.device)
        elif half_way() is None:
            forget()
            flash(gettext("You were logged out. Please log in again."), "warning")
            if g.get("elsewhere"):
                flash(sentence(NotAllowed("", code="login_elsewhere")), "warning")

    def _user_of(self, pk: int | str, token: str) -> User | None:
        user = self.get_user_by_id(int(pk)) if token else None
        if user is None or not user.is_active:
            return None
        row = sessions.find_session(
            db.session(), token, now=current.now(), staff=is_staff(user), rules=people_rules()
        )
        if row is None or row.user_id != user.id:
            return None
        if not may_work_here(user):
            g.elsewhere = True
            return None
        g.device = Device(row.id, row.last_seen_at, row.proven_at, row.sms_proven_at)
        return user


def note_use(device: Device) -> None:
    """Write that the device was used, at most once a minute."""
    now = current.now()
    if now - device.last_seen_at >= sessions.SEEN_EVERY:
        with transaction() as writing:
            sessions.touch(writing, device.id, now=now)
