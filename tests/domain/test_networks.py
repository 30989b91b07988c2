"""Networks from which administrators may work."""

import pytest

from app.domain.networks import is_within, read_networks

OFFICE = "10.8.0.0/16, 2001:db8:7::/48,192.0.2.9"


@pytest.mark.parametrize(
    ("address", "text", "within"),
    [
        ("10.8.255.1", OFFICE, True), ("10.9.0.1", OFFICE, False), ("192.0.2.9", OFFICE, True),
        ("2001:db8:7::5", OFFICE, True), ("2001:db8:8::5", OFFICE, False),
        ("::ffff:10.8.0.1", OFFICE, True), ("", OFFICE, False), ("unix:", OFFICE, False),
        ("203.0.113.5", "", True), ("", " , ", True),
    ],
)  # fmt: skip
def test_an_address_is_within_a_named_network_or_none_is_named(address, text, within):
    assert is_within(address, read_networks(text)) is within


@pytest.mark.parametrize("text", ["10.8.0.1/16", "office", "10.8.0.0/33", "10.8.0.0-10.9.0.0"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError, match=text.split("/")[0]):
        read_networks(text)
