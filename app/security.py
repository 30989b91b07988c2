"""Flask-AppBuilder's security manager, told how this hall signs people in."""

from flask_appbuilder.security.sqla.manager import SecurityManager


class HallSecurityManager(SecurityManager):
    """Users and roles of the hall; rights are patterns in the settings."""

    userstatschartview = None
