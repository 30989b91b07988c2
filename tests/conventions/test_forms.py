"""No form is taken without its token, whoever sends it and wherever it goes."""

import pytest

from tests.conventions.addresses import address, rules

WITHOUT = {
    "csp_report": "sent by browsers; counts by directive, limited",
    "WechatView.receive": "sent by the platform; its signature is checked",
}
"""Addresses that take a body without the token of a page, and why."""


@pytest.mark.parametrize("who", ["", "ana"])
def test_no_form_is_taken_without_its_token(app, browse, who):
    client = browse(who).client

    taken = {
        rule.endpoint: answer.status_code
        for rule in rules(app, "POST")
        if not rule.rule.startswith("/api/")
        and (answer := client.post(address(rule), data={"name": "x"})).status_code != 400
    }

    assert set(taken) <= set(WITHOUT), taken


def test_the_interface_takes_no_cookie(app, browse):
    client = browse("ana").client

    served = {
        rule.rule: answer.status_code
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for rule in rules(app, method)
        if rule.rule.startswith("/api/")
        and (answer := client.open(address(rule), method=method, json={})).status_code
        not in {400, 401, 403, 404, 405, 415, 422}
    }

    assert not served
