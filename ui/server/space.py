"""A free Hugging Face Space: Gradio on ZeroGPU hardware, which lends a GPU to PyTorch for one call at a time.

Such a Space is stopped at its start unless the package `spaces`, which it brings, has seen a function that is
decorated with `spaces.GPU`. There is no PyTorch here: networks read drawings and train without the GPU. So
one function is registered that says just that, and the GPU is never asked for.
"""

import os

ON_SPACE = os.environ.get("SYSTEM") == "spaces"
ON_ZERO_GPU = ON_SPACE and bool(os.environ.get("SPACES_ZERO_GPU"))


def register_function() -> None:
    """Does what ZeroGPU asks for, where the page runs on that. Call it before Gradio launches."""
    if ON_ZERO_GPU:
        import spaces

        spaces.GPU(say_that_the_gpu_is_not_used)


def say_that_the_gpu_is_not_used() -> str:
    """Registered for ZeroGPU, and called by nobody."""
    return "Digit Sketchpad trains and reads on the CPU."
