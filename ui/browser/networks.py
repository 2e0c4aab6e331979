"""What the page is told of networks: each one's description, with the address of its weights and modules.

A description goes to reader.js. Networks that ship are the same for everybody; a visitor's own is
published to that visitor's page alone.
"""

import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from model.store import WEIGHTS, StoreError
from ui.browser.weights import describe_file, describe_weights
from ui.server.files import FILES
from ui.server.messages import Trained
from ui.server.sessions import PrivateNetwork, Session
from ui.text.words import Words, pack, say_error, write_tables

UI = Path(__file__).parents[1]
# Which networks answer to each choice on the page, the leading one first. The first choice loads first.
CHOICES = {"cnn": ("cnn",), "dense": ("dense",), "both": ("cnn", "dense")}
DEFAULT_CHOICE = "cnn"
OWN = "yours"  # the choice that a visitor gets who has trained a network
TRAINING = "training"  # the network that the visitor trains, which only the panel `inside` looks into
_PUBLISHING = threading.Lock()  # one at a time: of two made at once, one would never be unpublished
MODULES = ("browser/*.js", "inside/*.js", "text/text.js")  # of the files in ui/
FIRST_MODULES = (
    *("text/text.js", "text/tables.js"),
    *(f"browser/{name}.js" for name in ("reader", "worker", "reading", "network", "preprocess")),
)


def read_modules() -> dict[str, bytes]:
    """The modules, by their path in ui/, and the tables of words."""
    paths = sorted(path for pattern in MODULES for path in UI.glob(pattern))
    modules = {path.relative_to(UI).as_posix(): path.read_bytes() for path in paths}
    return modules | {"text/tables.js": write_tables().encode()}


@cache
def publish_modules() -> str:
    """Publishes the modules; returns the address of their folder."""
    return FILES.publish(read_modules())


def preload_modules() -> str:
    """HTML for the page's head, so that the modules that a first reading needs come while Gradio starts, and
    not one after the other when it has."""
    return "".join(f'<link rel="modulepreload" href="{publish_modules()}{name}">' for name in FIRST_MODULES)


def name_choices(own: bool, language: str) -> list[tuple[str, str]]:
    """The choices of a network with their names in that language. own: whether the visitor has one."""
    say = Words(language)
    return [(say(f"page.network.{name}"), name) for name in (*CHOICES, *([OWN] if own else []))]


def publish_shipped(folder: Path = WEIGHTS) -> list[dict]:
    """Publishes the weights that ship; returns the descriptions. A network that cannot be loaded has a
    "problem" instead of its "url": the error, packed."""
    described = []
    for name in CHOICES["both"]:
        try:
            network = describe_file(folder, name)
        except StoreError as error:
            print(say_error(error), file=sys.stderr)  # for whoever runs the server
            described.append({"name": name, "problem": pack(error)})
            continue
        address = FILES.publish({f"{name}.bin": network.weights})
        described.append(network.description | {"url": f"{address}{name}.bin"})
    return described


def publish_own(session: Session) -> dict | None:
    """The description of the visitor's own network, published to that visitor; None if there is none."""
    return _publish(session, OWN, session.own, publish_weights)


def publish_training(session: Session) -> dict | None:
    """The description of the network that the visitor trains, with the latest weights that are known,
    published to that visitor; None if none are. "epoch": how many it has learned. "first": the first layer's
    weights as int8 in a file of their own: "url", "shape", and "largest", the weight that 127 stands for."""
    job = session.training
    return _publish(session, TRAINING, job and job.newest, publish_with_first_layer)


def _publish(
    session: Session, name: str, network: Trained | None, publish: Callable[[str, Trained], PrivateNetwork]
) -> dict | None:
    """Unpublishes the earlier files if the network has changed."""
    with _PUBLISHING:
        published = session.published.get(name)
        if published and published.network is network:
            return published.description
        if published:
            session.published.pop(name).unpublish()
        if network is None:
            return None
        session.published[name] = publish(name, network)
        return session.published[name].description


def publish_weights(name: str, network: Trained, cached: bool = True) -> PrivateNetwork:
    encoded = describe_weights(name, network.weights, network.card)
    address = FILES.publish_private(f"{name}.bin", encoded.weights, cached)
    return PrivateNetwork(network, encoded.description | {"url": address}, (address,))


def publish_with_first_layer(name: str, network: Trained) -> PrivateNetwork:
    # Once a second there are others: a browser would keep what nobody asks for again.
    whole = publish_weights(name, network, cached=False)
    kernel = network.weights[0]
    kernel = np.where(np.isfinite(kernel), kernel, 0)  # of a network that is about to diverge
    largest = float(np.abs(kernel).max())
    shares = np.round(127 * kernel / (largest or 1)).astype(np.int8)
    address = FILES.publish_private(f"{name}-first.bin", shares.tobytes(), cached=False)
    first = {"url": address, "shape": list(kernel.shape), "largest": largest}
    described = whole.description | {"epoch": network.card["epoch"], "first": first}
    return PrivateNetwork(network, described, (*whole.addresses, address))
