"""Who is asking, as far as limits are concerned."""

import ipaddress

from flask import request


def client_network() -> str:
    """The caller's address; of IPv6 the /64, since one subscriber owns all of it."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a name, nothing is bound
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
