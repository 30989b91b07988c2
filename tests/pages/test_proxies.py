"""Whose address is counted when a proxy stands before the hall."""

import pytest
from flask import request

from tests.databases import build_app


@pytest.mark.whole
@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "192.0.2.7")])
def test_the_address_is_the_persons_only_behind_declared_proxies(tmp_path, proxies, address):
    app = build_app(tmp_path, f"sqlite:///{tmp_path / 'anju.db'}", ANJU_PROXIES=proxies)
    seen = []
    app.before_request_funcs.setdefault(None, []).insert(
        0, lambda: seen.append(request.remote_addr)
    )

    app.test_client().get("/healthz", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})

    assert seen == [address]
