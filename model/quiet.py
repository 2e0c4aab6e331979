"""Keeps TensorFlow's notes on its build and on a missing GPU off the terminal.

Its C++ writes them to file descriptor 2 during the import, before its log level applies. So that descriptor
is piped through a small process meanwhile, which drops these notes and passes on all else as it comes: a real
error is shown even where the import ends the process.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

NOTES = (
    rb"^WARNING: All log messages before absl::InitializeLog"
    rb"|^I\d{4} "  # for information
    rb"|failed call to cuInit"  # there is no GPU
)
FILTER = """
import re, sys
notes = re.compile(sys.argv[1].encode())
for line in sys.stdin.buffer:
    if not notes.search(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
# Ctrl-C is for the process that trains. The filter ends when that does.
APART = {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}  # NEW_PROCESS_GROUP


@contextlib.contextmanager
def drop_notes() -> Iterator[None]:
    """What is written to file descriptor 2 within the block comes out without NOTES."""
    command = [sys.executable, "-I", "-c", FILTER, NOTES.decode()]
    try:
        filtering = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, **APART)
        kept = os.dup(2)
    except (OSError, ValueError):  # no standard error, or no process to be had: then the notes are shown
        yield
        return
    sys.stderr.flush()
    os.dup2(filtering.stdin.fileno(), 2)
    filtering.stdin.close()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        # A process that was started meanwhile may write to it for long: it is waited for no longer than this.
        with contextlib.suppress(subprocess.TimeoutExpired):
            filtering.wait(1)
