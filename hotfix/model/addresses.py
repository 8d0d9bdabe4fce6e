"""Where a model server may be: on this host or in a private network, unless the user allowed more."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from hotfix.model.contract import ModelError

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""RFC 1918 and RFC 4193, and the host itself. Not link-local: there are the metadata services of clouds."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The parts of a server's URL."""

    secure: bool
    host: str
    port: int
    path: str  # without a slash at its end


def read_url(url: str) -> Endpoint:
    """Return the parts of a URL like ``http://host:8080/v1``.

    Raises:
        ModelError: it is not such a URL, or holds a password, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if not port or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ModelError(f"expected a URL like http://host:8080/v1, found {url!r}")
    return Endpoint(parts.scheme == "https", parts.hostname, port, parts.path.rstrip("/"))


def find_address(endpoint: Endpoint, *, public: bool) -> str:
    """Return the address to connect to; every address of the host must be private unless `public` ones are allowed.

    Raises:
        ModelError: the host has no address, or one that is not private.
    """
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ModelError(f"expected an address of {endpoint.host!r}, found: {error.strerror}") from None
    addresses = [str(entry[4][0]) for entry in found]
    strangers = [address for address in addresses if not _is_private(address)]
    if strangers and not public:
        raise ModelError(
            f"expected {endpoint.host!r} to be this host or in a private network, found {strangers[0]}; "
            "what a log holds would leave the house (add it with --allow-public if that is meant)"
        )
    return addresses[0]


def _is_private(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in _PRIVATE if network.version == mapped.version)
