"""The networks that ship, loaded while the page is already up, and the ways to ask them: page and API.

In go strokes as a browser or a stranger sent them, and the name of a network; out comes the value of the
readout, or the answer of the API. Nothing here belongs to one visitor: a network that a visitor trained
comes in as an argument.
"""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor

import gradio as gr

from model.classifier import BLANK, Classifier
from model.devices import start_backend
from model.drawing import Drawing, DrawingError
from model.preprocess import preprocess, stages
from model.settings import SettingsError
from model.store import StoreError
from ui.readout.readout import describe_notice, describe_readings

# Which networks answer to each choice on the page, the leading one first. The first choice loads first.
CHOICES = {"cnn": ("cnn",), "dense": ("dense",), "both": ("cnn", "dense")}
DEFAULT_CHOICE = "cnn"
OWN = "yours"  # the choice that a visitor gets who has trained a network

NOTHING_DRAWN = describe_readings(None, {DEFAULT_CHOICE: BLANK})
LOADING = describe_notice("Loading the network…", "You can draw already.", "loading")
LOADING_GLANCE = 0.1  # seconds between two looks whether it is done
GONE = describe_notice(
    "Your network is gone", "The page was cut off too long. Choose another, or train anew."
)


class Reader:
    """Reads drawings. `start` begins to load the networks in the background; whoever asks earlier waits."""

    def __init__(self, load=Classifier.load):
        self._load = load
        self._loading: dict[str, Future] = {name: Future() for name in CHOICES["both"]}

    def start(self) -> None:
        # One after the other: importing Keras takes most of the time, and both need it.
        executor = ThreadPoolExecutor(1, "load-networks")
        for name, future in self._loading.items():
            executor.submit(self._fulfil, name, future)
        executor.shutdown(wait=False)

    def _fulfil(self, name: str, future: Future) -> None:
        try:
            start_backend()
            future.set_result(self._load(name))
        except (SettingsError, StoreError) as error:
            print(error, file=sys.stderr)  # for whoever runs the server
            future.set_exception(error)
        except Exception:
            traceback.print_exc()
            future.set_exception(
                StoreError("It could not be loaded, by an error of this program; its log says more.")
            )

    async def greet(self, strokes: object, choice: str, own: Classifier | None) -> AsyncIterator[dict]:
        """What the readout shows when the page opens: that it loads, if it still does, then the reading."""
        awaited = [self._loading[name] for name in CHOICES.get(choice, ())]
        if loading := not all(network.done() for network in awaited):
            yield LOADING
        while not all(network.done() for network in awaited):  # without a thread, for each of a whole class
            await asyncio.sleep(LOADING_GLANCE)
        # An empty pad stays as it is: a drawing kept from before a reload may have been answered already.
        yield await asyncio.to_thread(self.read, strokes, choice, own) if loading or strokes else gr.skip()

    def read(self, strokes: object, choice: str, own: Classifier | None) -> dict:
        """The value of the readout for a drawing, by the networks of that choice."""
        try:
            drawing = Drawing.parse(strokes)
            if choice == OWN and own is None:
                return GONE
            if choice == OWN:
                classifiers = {OWN: own}
            else:
                names = CHOICES.get(choice, CHOICES[DEFAULT_CHOICE])
                classifiers = {name: self.classifier(name) for name in names}
            if drawing.is_blank:
                return describe_readings(None, dict.fromkeys(classifiers, BLANK))
            # Drawn once, for all networks and for the eye: that takes as long as a network does to answer.
            seen = stages(drawing)
            image = seen.image[None]
            return describe_readings(seen, {name: one.predict(image)[0] for name, one in classifiers.items()})
        except DrawingError as error:
            return describe_notice("Not a drawing", str(error))
        except StoreError as error:
            return describe_notice("No network", str(error))

    def predict(self, strokes: list, network: str = DEFAULT_CHOICE) -> dict:
        """Reads a drawing.

        strokes: a list of strokes, each a list of [x, y] points, in any unit, y pointing down.
        network: "cnn" or "dense".
        Returns {"verdict": "digit", "unsure" or "blank", "digit": 0 to 9 or null, "probabilities": ten
        numbers that sum to 1, "image": what the network saw, 28 rows of 28 integers, 0 paper, 255 ink}.
        """
        if not isinstance(network, str) or network not in self._loading:
            raise gr.Error('network must be "cnn" or "dense".', print_exception=False)
        try:
            drawing = Drawing.parse(strokes)
            image = preprocess(drawing)
            prediction = self.classifier(network).predict(image[None])[0]
        except (DrawingError, StoreError) as error:
            raise gr.Error(str(error), print_exception=False) from None
        return {
            "verdict": prediction.verdict,
            "digit": prediction.digit,
            "probabilities": list(prediction.probabilities),
            "image": image.tolist(),
        }

    def classifier(self, name: str) -> Classifier:
        """The classifier of that name, once it is loaded. Raises StoreError if it could not be."""
        loaded = self._loading[name]
        # A new error each time: one that is raised again and again holds on to all that ever met it.
        if error := loaded.exception():
            raise StoreError(str(error))
        return loaded.result()
