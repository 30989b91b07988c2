"""The interface for machines: a token in the header opens it, a cookie never does."""

from tests.conventions.addresses import address, rules

REFUSED = {400, 401, 403, 404, 405, 415, 422}


def test_the_interface_takes_no_cookie(app, browse):
    client = browse("ana").client

    served = {
        rule.rule: answer.status_code
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for rule in rules(app, method)
        if rule.rule.startswith("/api/")
        and (answer := client.open(address(rule), method=method, json={})).status_code
        not in REFUSED
    }

    assert not served
