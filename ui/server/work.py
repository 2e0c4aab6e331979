"""What makes a process a worker behind the page: low priority, all cores, and a way to answer the server."""

import os
import subprocess
import sys
from typing import BinaryIO

from ui.server.messages import send

NICENESS = 10  # of 19: gives way to the server, not to everything else on the machine
# The same for Windows, where the parent says it: creationflags of the process.
LOW_PRIORITY = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
# The page reads one drawing at a time, and TensorFlow takes longer to share that out among threads than to
# compute it; a training wants them all.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


class Server:
    """The other end of a worker's standard output."""

    def __init__(self):
        """Once a process; from here on what libraries print goes to standard error, not between messages."""
        if lower := getattr(os, "nice", None):  # not on Windows
            lower(NICENESS)
        for name in ONE_THREAD:
            os.environ.pop(name, None)
        self._answers: BinaryIO = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(self, message: object) -> None:
        """Ends the process without a word where the server is gone."""
        try:
            send(message, self._answers)
        except OSError:
            os._exit(0)
