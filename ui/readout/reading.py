"""The API's reading: strokes in, a prediction out, by Keras.

The page reads in the browser (ui/browser). Keras is imported at the first call, which therefore takes
seconds; the log says so.
"""

import sys
import threading
import traceback
from collections.abc import Callable

import gradio as gr

from model.classifier import Classifier
from model.devices import start_backend
from model.drawing import Drawing
from model.errors import DigitsError
from model.preprocess import preprocess
from model.settings import SettingsError
from model.store import StoreError
from ui.browser.networks import CHOICES, DEFAULT_CHOICE
from ui.text.labels import read_accept_language, refuse
from ui.text.words import say_error


class Reader:
    """Serves the endpoint /predict. load: makes the Classifier of a name, once, at the first question."""

    def __init__(self, load: Callable[[str], Classifier] = Classifier.load):
        self._load = load
        self._classifiers: dict[str, Classifier] = {}
        self._lock = threading.Lock()

    def predict(
        self, strokes: list, network: str = DEFAULT_CHOICE, request: gr.Request | None = None
    ) -> dict:
        """Reads a drawing.

        strokes: a list of strokes, each a list of [x, y] points, in any unit, y pointing down.
        network: "cnn" or "dense".
        Returns {"verdict": "digit", "unsure" or "blank", "digit": 0 to 9 or null, "probabilities": ten
        numbers that sum to 1, "image": what the network saw, 28 rows of 28 integers, 0 paper, 255 ink}.
        """
        language = read_accept_language(request)
        if not isinstance(network, str) or network not in CHOICES["both"]:
            raise refuse(DigitsError("predict.network"), language)
        try:
            drawing = Drawing.parse(strokes)
            image = preprocess(drawing)
            prediction = self.classifier(network).predict(image[None])[0]
        except DigitsError as error:
            raise refuse(error, language) from None
        return {
            "verdict": prediction.verdict,
            "digit": prediction.digit,
            "probabilities": list(prediction.probabilities),
            "image": image.tolist(),
        }

    def classifier(self, name: str) -> Classifier:
        """The classifier of that name; whoever asks first waits until it is loaded. Raises SettingsError
        where Keras has no backend, StoreError."""
        with self._lock:  # or two would import Keras at once, and hold it twice
            if name not in self._classifiers:
                print(f"Loading {name}, which takes some seconds the first time.", file=sys.stderr)
                self._classifiers[name] = self._load_checked(name)
            return self._classifiers[name]

    def _load_checked(self, name: str) -> Classifier:
        try:
            start_backend()
            return self._load(name)
        except (SettingsError, StoreError) as error:
            print(say_error(error), file=sys.stderr)  # for whoever runs the server
            raise
        except Exception:
            traceback.print_exc()
            raise StoreError("store.our-error") from None
