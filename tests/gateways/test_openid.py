"""Unified identity against a certified provider that others wrote, and one that cheats.

The other foreign provider, in Python, opens the whole hall in ``tests/pages/test_outside.py``.
"""

import time

import pytest

from app.gateways.errors import Unavailable
from app.gateways.openid import OutsideRefused, Provider
from app.gateways.openid.client import AuthlibOpenId
from tests.foreign.openid.servers import (
    CLAIMS,
    SECRET,
    CrookedProvider,
    Wanderer,
    node_provider,
)

BACK = "http://127.0.0.1:8080/login/outside/province/callback/"
ANA = {
    "name": "林知夏", "cert_type": "10", "cert_no": "34010019880615002x",
    "phone_number": "+86 139 0000 0001", "auth_level": "L3",
}  # fmt: skip


def service(issuer, **more):
    settings = {
        "code": "province", "name_zh": "省政务服务网", "name_en": "Provincial portal",
        "issuer": issuer, "client_id": "anju", "client_secret": SECRET,
        "scopes": "openid realname", "claims": CLAIMS,
        "id_types": {"10": "resident_id_card"}, "verified": "real-name", "levels": ("L3",), "seconds": 30.0,
    } | more  # fmt: skip
    return AuthlibOpenId(Provider(**settings))


def check_whole_way(made):
    """Log in as Ana, look at who arrived, and try the same answer again."""
    begun = made.begin(BACK)
    answer = Wanderer().log_in(begun.url, "ana", back=BACK)

    person = made.finish(BACK, begun, answer)

    assert (person.subject, person.name, person.mobile) == ("ana", "林知夏", "13900000001")
    assert (person.id_type, person.id_number) == ("resident_id_card", "34010019880615002X")
    assert person.is_identified
    with pytest.raises(OutsideRefused) as again:
        made.finish(BACK, begun, answer)
    assert again.value.code == "spent"


def check_no(made):
    """Say no at the provider."""
    begun = made.begin(BACK)
    answer = Wanderer().log_in(begun.url, "nobody", back=BACK)

    with pytest.raises(OutsideRefused) as refused:
        made.finish(BACK, begun, answer | {"state": begun.state})

    assert refused.value.code == "denied"


@pytest.mark.whole
def test_the_whole_way_with_a_certified_provider_of_npm():
    with node_provider(BACK, ana=ANA) as issuer:
        made = service(issuer)
        check_whole_way(made)
        check_no(made)
        check_verifier_is_asked(made)
        assert "post_logout_redirect_uri=" in made.farewell("http://127.0.0.1:8080/")


def check_verifier_is_asked(made):
    """The provider lets nobody change a stolen code who lacks the secret behind it (PKCE)."""
    begun, thief = made.begin(BACK), made.begin(BACK)
    answer = Wanderer().log_in(begun.url, "ana", back=BACK)

    with pytest.raises(OutsideRefused) as refused:
        made.finish(BACK, thief, answer | {"state": thief.state})

    assert refused.value.code == "spent"


@pytest.fixture(scope="module")
def served():
    with CrookedProvider().running() as provider:
        yield provider


@pytest.fixture
def crooked(served):
    served.reset()
    return served


def arrive(crooked, made=None, **answer):
    made = made or service(crooked.address, claims={})
    begun = made.begin(BACK)
    crooked.nonce = begun.nonce
    return made.finish(BACK, begun, {"state": begun.state, "code": "c"} | answer)


def refusal(crooked, **answer):
    with pytest.raises(OutsideRefused) as refused:
        arrive(crooked, **answer)
    return refused.value.code


def test_an_honest_answer_of_the_stand_in_is_believed(crooked):
    assert arrive(crooked).subject == "ana"
    assert arrive(crooked, iss=crooked.address).subject == "ana"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"iss": None},
        {"aud": "somebody-else"}, {"aud": ["somebody-else"], "azp": "anju"}, {"aud": None},
        {"exp": 1}, {"exp": None}, {"iat": 9_999_999_999}, {"sub": None}, {"sub": 7},
        {"sub": "x" * 256}, {"at_hash": "wrong"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_does_not_fit_lets_nobody_in(crooked, claims):
    crooked.claims = claims

    assert refusal(crooked) == "untrusted"


def test_only_the_providers_own_signature_counts(crooked):
    from joserfc.jwk import OctKey

    crooked.signing = crooked.stranger
    assert refusal(crooked) == "untrusted"
    crooked.header, crooked.signing = {"alg": "HS256"}, OctKey.import_key(SECRET)
    assert refusal(crooked) == "untrusted"
    crooked.answers["/token"] = (
        b'{"access_token":"a","token_type":"Bearer",'
        b'"id_token":"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ."}'
    )
    assert refusal(crooked) == "untrusted"
    crooked.answers["/token"] = b'{"access_token":"a","token_type":"Bearer"}'
    assert refusal(crooked) == "untrusted"


@pytest.mark.parametrize(
    "answer", [{"state": "another"}, {"iss": "https://evil.example"}, {"code": ""}], ids=str
)
def test_an_answer_that_does_not_fit_is_never_taken_to_the_provider(crooked, answer):
    assert refusal(crooked, **answer) == "untrusted"
    assert "/token" not in crooked.asked


def test_an_issuer_that_was_promised_must_be_named(crooked):
    crooked.metadata = {"authorization_response_iss_parameter_supported": True}

    assert refusal(crooked) == "untrusted"


def test_changed_keys_are_read_again(crooked):
    from joserfc.jwk import ECKey, KeySet

    made = service(crooked.address, claims={})
    arrive(crooked, made)
    kept = crooked.jwks
    crooked.signing = ECKey.generate_key("P-256", {"kid": "two"}, auto_kid=False)
    crooked.header = {"alg": "ES256", "kid": "two"}
    crooked.jwks = KeySet([crooked.signing]).as_dict(private=False)
    made._directory._keys_again = 0

    assert arrive(crooked, made).subject == "ana"
    assert crooked.asked.count("/keys") == 2
    crooked.jwks = kept


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/.well-known/openid-configuration", b"<html>", 200),
        ("/.well-known/openid-configuration", b"[]", 200),
        ("/.well-known/openid-configuration", b"{}", 502),
        ("/.well-known/openid-configuration", b'{"issuer":"https://evil.example"}', 200),
        ("/token", b"\xff\xfe", 200),
        ("/token", b"[1]", 200),
        ("/token", b"<html>", 500),
        ("/token", b'{"error":"invalid_client"}', 401),
        ("/token", b'{"error":["x"]}', 400),
        ("/token", b"[" * 100_000, 200),
        ("/token", b" " * 600_000, 200),
        ("/keys", b"{}", 200),
        ("/keys", b'{"keys":[{"kty":"RSA"}]}', 200),
    ],
    ids=str,
)
def test_garbage_is_an_unavailable_provider_or_an_answer_not_believed(
    crooked, path, body, status
):
    crooked.answers[path], crooked.statuses[path] = body, status

    with pytest.raises((Unavailable, OutsideRefused)):
        arrive(crooked)


def test_a_slow_provider_costs_the_time_of_one_log_in_and_rests_then(crooked):
    crooked.delay = 3
    made = service(crooked.address, claims={}, seconds=0.1)
    began = time.monotonic()

    for code in ("time_out", "resting"):
        with pytest.raises(Unavailable) as ill:
            made.begin(BACK)
        assert ill.value.code == code
    assert time.monotonic() - began < 2.5


def test_a_provider_that_is_down_is_unavailable():
    with pytest.raises(Unavailable):
        service("http://127.0.0.1:1").begin(BACK)


def test_addresses_that_anybody_could_read_along_are_not_used(crooked):
    crooked.metadata = {"token_endpoint": "http://elsewhere.example/token"}

    with pytest.raises(Unavailable):
        arrive(crooked)
