"""What the page is told of networks: each one's description, with the address of its weights and modules.

A description goes to reader.js. Networks that ship are the same for everybody; a visitor's own is lent to
that visitor's page alone.
"""

import sys
from pathlib import Path

from model.store import WEIGHTS, StoreError
from ui.browser.weights import describe_file, describe_weights
from ui.server.files import FILES
from ui.server.sessions import Session
from ui.text.words import say_error

UI = Path(__file__).parents[1]
# Which networks answer to each choice on the page, the leading one first. The first choice loads first.
CHOICES = {"cnn": ("cnn",), "dense": ("dense",), "both": ("cnn", "dense")}
DEFAULT_CHOICE = "cnn"
OWN = "yours"  # the choice that a visitor gets who has trained a network
MODULES = ("browser", "inside")  # folders of ui/ whose .js files are modules


def read_modules() -> dict[str, bytes]:
    """The modules, by their path in ui/."""
    paths = sorted(path for folder in MODULES for path in (UI / folder).glob("*.js"))
    return {path.relative_to(UI).as_posix(): path.read_bytes() for path in paths}


def publish_shipped(folder: Path = WEIGHTS) -> list[dict]:
    """Publishes the weights that ship; returns the descriptions. A network that cannot be had has, instead of
    an address, a "problem": one sentence."""
    described = []
    for name in CHOICES["both"]:
        try:
            network = describe_file(folder, name)
        except StoreError as error:
            problem = say_error(error)
            print(problem, file=sys.stderr)  # for whoever runs the server
            described.append({"name": name, "problem": problem})
            continue
        address = FILES.publish({f"{name}.bin": network.weights})
        described.append(network.description | {"url": f"{address}{name}.bin"})
    return described


def lend_own(session: Session) -> dict | None:
    """The description of the visitor's own network, its weights lent to that visitor; None if there is none.
    What was lent before is withdrawn once the network is another."""
    own, (lent, described) = session.own, session.lent
    if own is lent:
        return described
    if own is None:
        session.lent = None, None
    else:
        network = describe_weights(OWN, own.weights, own.card)
        session.lent = own, network.description | {"url": FILES.lend(f"{OWN}.bin", network.weights)}
    if described:
        FILES.withdraw(described["url"])
    return session.lent[1]
