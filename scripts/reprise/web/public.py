"""Connections that reach public addresses alone: what is checked is what is connected to.

A name may lead to one address when it is looked up to be checked, and to another when it is looked up to connect. Here
it is looked up once for both.
"""

import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError


class PrivateAddressError(Exception):
    """A page or a redirect led to an address that isn't on the public internet."""


def public_addresses(host: str) -> list[str]:
    """Return the addresses of `host`.

    Raises `PrivateAddressError` if any isn't public unicast, `gaierror` if there is none.
    """
    addresses = [str(where[0]) for *_, where in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    for address in map(ipaddress.ip_address, addresses):
        if not address.is_global or address.is_multicast:
            raise PrivateAddressError(f"{host} is not a public address")
    return addresses


class ToPublicAddress:
    """A connection that looks its host up once, checks all addresses, and connects to one of these."""

    def _new_conn(self: Any) -> socket.socket:
        name = self._dns_host
        try:
            addresses = public_addresses(name)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        failed: Exception | None = None
        for address in addresses:
            # Only while the socket is opened: certificates and the Host header are those of the name.
            self._dns_host = address
            try:
                return super()._new_conn()  # type: ignore[misc]
            except (NewConnectionError, ConnectTimeoutError) as error:
                failed = error
            finally:
                self._dns_host = name
        raise failed or NewConnectionError(self, "it has no address")


class PublicHTTPConnection(ToPublicAddress, HTTPConnection):
    """One over http."""


class PublicHTTPSConnection(ToPublicAddress, HTTPSConnection):
    """One over https."""


def pool_classes(is_own: Callable[[str, int], bool]) -> dict[str, Any]:
    """Return the pools of connections for each scheme: those to servers that `is_own` names may lead anywhere."""

    def pool(kind: Any, connection: Any, host: str, port: int, **options: Any) -> HTTPConnectionPool:
        made = kind(host, port, **options)
        if not is_own(host, port):
            made.ConnectionCls = connection
        return made

    return {
        "http": partial(pool, HTTPConnectionPool, PublicHTTPConnection),
        "https": partial(pool, HTTPSConnectionPool, PublicHTTPSConnection),
    }
