"""Settings of the server's process that must come before Gradio is imported: import this module first."""

import gc
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder

# Garbage collection finds little during imports, and takes an eighth of the start.
# `freeze_startup_objects` turns it on.
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


class StubSkipper(MetaPathFinder):
    """Imports Gradio without the stubs for editors (.pyi) that it makes anew for each component, beside its
    source and beside ours: half of the time that importing it takes.

    Checked with 6.31.0. Where a later Gradio has renamed the function, nothing is skipped. Unnecessary once
    `import gradio` is fast (its issue 7791).
    """

    def find_spec(self, fullname, path, target=None) -> ModuleSpec | None:
        if fullname != "gradio.component_meta":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        run = spec.loader.exec_module

        def exec_module(module) -> None:
            run(module)
            module.create_or_modify_pyi = lambda *_: None

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, StubSkipper())


def freeze_startup_objects() -> None:
    """Call once the page is up. Freezes all objects made so far, so that later collections skip them, and
    turns garbage collection on."""
    gc.freeze()
    gc.enable()
