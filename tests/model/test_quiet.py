"""model.quiet drops what TensorFlow notes, and shows real errors, also those that end the process."""

import os
import subprocess
import sys

from tests.support.processes import ROOT

NOISE = """
import os, sys
from model.quiet import drop_notes
with drop_notes():
    os.write(2, b"I0000 00:00:1.2  7 port.cc:153] oneDNN custom operations are on.\\n")
    os.write(2, b"E0000 00:00:1.2  7 cuda_platform.cc:52] failed call to cuInit: INTERNAL\\n")
    os.write(2, b"E0000 00:00:1.2  7 gpu.cc:1] out of memory\\n")
    print("a traceback", file=sys.stderr)
    if sys.argv[1:]:
        os.write(2, b"F0000 00:00:1.2  7 cpu_feature_guard.cc:1] compiled to use AVX instructions\\n")
        os.abort()
print("after", file=sys.stderr)
"""


def test_real_errors_are_shown_also_those_that_end_the_process():
    for more in ([], ["abort"]):
        command = [sys.executable, "-c", NOISE, *more]
        done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True)
        *lines, last = done.stderr.splitlines()
        assert [line.split("] ")[-1] for line in lines] == ["out of memory", "a traceback"]
        assert last.endswith("compiled to use AVX instructions" if more else "after")
