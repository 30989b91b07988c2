"""Administrators work in the networks that the installation names, everybody else anywhere."""

import pytest

from app.domain.networks import read_networks
from app.domain.terms import Role

OFFICE = {"REMOTE_ADDR": "10.8.3.4"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
WORDS = "管理员只能在单位内部网络中登录"


@pytest.fixture
def named(app):
    """Name the office's network."""
    app.config["ANJU_ADMIN_NETWORKS"] = read_networks("10.8.0.0/16")
    yield app
    app.config["ANJU_ADMIN_NETWORKS"] = ()


@pytest.mark.parametrize("role", [Role.USER_ADMIN, Role.SECURITY_OFFICER])
def test_an_administrator_outside_of_them_is_let_in_nowhere(
    named, staff, browse, rows, people, role
):
    named.config["ANJU_ADMIN_NETWORKS"] = ()
    eve = staff("eve", role)
    named.config["ANJU_ADMIN_NETWORKS"] = read_networks("10.8.0.0/16")
    assert eve.client.get("/devices/", environ_overrides=OFFICE).status_code == 200

    page = eve.client.get("/devices/", environ_overrides=ELSEWHERE, follow_redirects=True)
    assert WORDS in page.text
    assert eve.client.get("/devices/", environ_overrides=OFFICE).status_code == 302

    visitor = browse()
    form = visitor._log_in_form() | {"login": "eve", "password": people["chen"].password}
    refused = visitor.client.post("/login/", data=form, environ_overrides=ELSEWHERE)
    assert WORDS in refused.text
    typed = {"username": "eve", "password": people["chen"].password}
    token = named.test_client().post(
        "/api/v1/security/login", json=typed, environ_overrides=ELSEWHERE
    )
    assert (token.status_code, token.json["message"]) == (403, "login_elsewhere")


def test_other_staff_and_applicants_work_from_anywhere(named, browse):
    for who in ("chen", "ana"):
        visitor = browse(who)
        assert visitor.client.get("/devices/", environ_overrides=ELSEWHERE).status_code == 200
