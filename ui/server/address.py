"""The address under which others in the same network open the page.

An address other than the loopback's (a Space, a proxy, a machine's name) is right as it is.
`http://127.0.0.1:7860` leads others nowhere. The machine's address in the local network takes its place, if
the server listens there.
"""

import re
import socket
from urllib.parse import urlsplit

MAX_ADDRESS_LENGTH = 300  # of an address; a code of more is hard to scan
ADDRESS = re.compile(r"https?://[\w.:\[\]-]+(/[\w%!$&'()*+,;=:@/.~-]*)?", re.ASCII | re.IGNORECASE)
EVERYWHERE = ("0.0.0.0", "::", "")  # names by which a server listens to every network of its machine
NOWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737)


def find_address(location: object, server_name: str, port: int) -> str | None:
    """The address for others, without query and fragment, which may hold a visitor's own token. None if there
    is none: the server listens to its own machine alone.

    location: the page's own address as its browser sent it, unchecked. server_name, port: what the server
    listens to."""
    if not isinstance(location, str):
        return None
    address = re.split(r"[?#]", location[: 10 * MAX_ADDRESS_LENGTH])[0]
    if len(address) > MAX_ADDRESS_LENGTH or not ADDRESS.fullmatch(address):
        return None
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # brackets that hold no address
        return None
    if not is_loopback(host) and host not in EVERYWHERE:
        return address
    host = find_own_address() if server_name in EVERYWHERE else server_name
    if not host or is_loopback(host):
        return None
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def is_loopback(host: str) -> bool:
    """Whether a name or address leads back to the machine that uses it. host: in lower case."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


def find_own_address() -> str | None:
    """This machine's IPv4 address in the local network; None if it is in none. Sends nothing: connecting UDP
    only chooses the interface by which one would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((NOWHERE, 9))
        except OSError:
            return None
        return probe.getsockname()[0]
