"""A digit demo as such demos are written, for pen_to_bars.py: `gr.Sketchpad`, `predict`, `gr.Label`.

    python -m tests.benchmarks.sketchpad_demo

listens where Gradio's own GRADIO_SERVER_PORT says, and reads with the `cnn` that ships.
"""

import gradio as gr
import keras
import numpy as np
from PIL import Image

network = keras.saving.load_model("model/weights/cnn.keras", compile=False)


def recognise(drawing: dict) -> dict[str, float]:
    if drawing["composite"] is None:  # as it is when the canvas was just touched
        return {}
    ink = Image.fromarray(drawing["composite"]).getchannel("A").resize((28, 28))
    probabilities = network.predict(np.array(ink).reshape(1, 28, 28, 1), verbose=0)[0]
    return {str(digit): float(probability) for digit, probability in enumerate(probabilities)}


demo = gr.Interface(recognise, gr.Sketchpad(), gr.Label(), live=True)

if __name__ == "__main__":
    demo.launch()
