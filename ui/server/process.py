"""Settings of the server's process that must come before Gradio is imported: import this module first."""

import gc
import os
import sys

# Little of what is imported becomes garbage; looking for it takes an eighth of the time to the page.
# `settle` turns it on again.
gc.disable()

# Threads come and go with the visitors. glibc gives them sixteen heaps on two cores, each of which keeps what
# it once needed; with two, the memory stays the same for as long as the page is up. Elsewhere there
# is no such setting.
M_ARENA_MAX = -8  # of malloc.h
if sys.platform == "linux":
    try:
        import ctypes

        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    except (ImportError, AttributeError, OSError, TypeError):
        pass

# Nothing is sent to anyone about the use of this page, and no record of it is kept here (Gradio would
# tabulate its last 10,000 events anew after each one).
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(2**63)


def settle() -> None:
    """The page is up. What is there by now stays: no collection, while Keras loads or a pen moves, need go
    through it again."""
    gc.freeze()
    gc.enable()
