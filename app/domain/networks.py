"""Networks from which somebody may work, and whether an address is within them."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Networks = tuple[IPv4Network | IPv6Network, ...]


def read_networks(text: str) -> Networks:
    """Return the networks of a list with commas, ``10.8.0.0/16, 2001:db8::/32``; ValueError names a bad one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_within(address: str, networks: Networks) -> bool:
    """Tell whether an address is in one of the networks; with no network named, any address is.

    What is no address (a socket of the machine, a proxy's garbage) is within none.
    """
    if not networks:
        return True
    try:
        asked = ip_address(address)
    except ValueError:
        return False
    if isinstance(asked, IPv6Address) and asked.ipv4_mapped is not None:
        asked = asked.ipv4_mapped
    return any(asked in network for network in networks)
