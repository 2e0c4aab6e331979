"""What every worker process has: low priority, all cores, and a way to answer the server."""

import os
import subprocess
import sys
from typing import BinaryIO

from ui.server.messages import send

NICENESS = 10  # of 19: gives way to the server, not to everything else on the machine
# For Windows, where the parent sets the priority: creationflags of the process.
LOW_PRIORITY = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
# Of the server's process: TensorFlow takes longer to share one drawing out among threads than to compute it.
# A worker uses all cores.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


class ServerPipe:
    """A worker's pipe to the server: its standard output."""

    def __init__(self):
        """Call once per process: lowers its priority, and gives it all cores. From here on libraries print to
        standard error, not between the messages."""
        if lower := getattr(os, "nice", None):  # not on Windows
            lower(NICENESS)
        for name in ONE_THREAD:
            os.environ.pop(name, None)
        self._answers: BinaryIO = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(self, message: object) -> None:
        """Sends a message. Ends the process silently where the server is gone."""
        try:
            send(message, self._answers)
        except OSError:
            os._exit(0)
