"""A fine-tuning worker that plays a fine-tuning back, without Keras: the network knew it all before.

python -m tests.support.recorded_fine_tuning
"""

import sys

from model.correction import VALIDATION, Learning
from model.evaluate import TEST_SETS
from tests.support.processes import keep_priority
from ui.server.messages import FineTuned, FineTuningTask, receive
from ui.server.worker_process import ServerPipe

WORKER = keep_priority((sys.executable, "-m", "tests.support.recorded_fine_tuning"))


def play(task: FineTuningTask, server: ServerPipe) -> None:
    for share in (0.0, 0.5, 1.0):
        server.tell(Learning(share))
    shares = dict.fromkeys(("corrections", *VALIDATION, *TEST_SETS), 1.0)
    server.tell(FineTuned(shares, shares, (), task.weights, task.card))


if __name__ == "__main__":
    server = ServerPipe()
    play(receive(sys.stdin.buffer), server)
