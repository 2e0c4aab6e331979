"""The page.

    python app.py                             http://127.0.0.1:7860
    GRADIO_SERVER_PORT=8080 python app.py     another port
    GRADIO_SERVER_NAME=0.0.0.0 python app.py  open to the network (on a Hugging Face Space it always is)

By itself it contacts no other host. What strangers may ask of it stands in ui/server/security.py.
"""

import ui.server.startup  # noqa: F401, I001 - before Gradio is imported

from ui.browser.networks import preload_modules
from ui.page import build_page
from ui.readout.reading import Reader
from ui.server.launch import launch
from ui.theme import LOOK


def main() -> None:
    launch(build_page(Reader()), LOOK | {"head": preload_modules()})


if __name__ == "__main__":
    main()
