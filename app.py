"""The page.

    python app.py                             http://127.0.0.1:7860
    GRADIO_SERVER_PORT=8080 python app.py     another port
    GRADIO_SERVER_NAME=0.0.0.0 python app.py  open to the network (on a Hugging Face Space it always is)

By itself it contacts no other host. What strangers may ask of it stands in ui/server/security.py.
"""

import ctypes
import gc
import os
from contextlib import suppress

# Little of what is imported becomes garbage; looking for it would take an eighth of the time to the page.
gc.disable()

# Threads come and go with the visitors. glibc would give them sixteen heaps on two cores, each of which keeps
# what it once needed; with two, the memory stays the same for as long as the page is up.
M_ARENA_MAX = -8  # of malloc.h
with suppress(AttributeError):  # another C library than glibc
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)

# Before Gradio is imported: nothing is sent to anyone about the use of this page, and no record of it is kept
# here (Gradio would tabulate its last 10,000 events anew after each one).
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(2**63)

from ui.page import build_page  # noqa: E402
from ui.readout.reading import Reader  # noqa: E402
from ui.server.security import MOST_WAITING, SECURITY  # noqa: E402
from ui.server.work import ONE_THREAD  # noqa: E402
from ui.theme import LOOK  # noqa: E402


def main() -> None:
    reader = Reader()
    page = build_page(reader)
    on_space = os.environ.get("SYSTEM") == "spaces"
    page.queue(max_size=MOST_WAITING)
    page.launch(
        server_name="0.0.0.0" if on_space else None,
        prevent_thread_lock=True,
        **SECURITY,
        **LOOK,
    )
    # What is there by now stays: no collection, while Keras loads or a pen moves, need go through it again.
    gc.freeze()
    gc.enable()
    os.environ.update(ONE_THREAD)
    reader.start()  # only now, so that the page is up at once
    page.block_thread()


if __name__ == "__main__":
    main()
