"""The process that a fine-tuning runs in, so that learning a hand never holds up the page.

    python -m ui.server.fine_tuning_worker

messages.py says what goes in and out.
"""

import pickle
import sys

from model.classifier import Classifier
from model.correction import Learning, learn_hand
from model.data import DataError
from model.networks import build_network
from ui.server.messages import Failed, Learned, Task
from ui.server.work import Server


def teach(task: Task, server: Server) -> None:
    network = build_network(task.card["settings"])
    network.set_weights(task.weights)
    try:
        for report in learn_hand(Classifier(network, task.card), task.corrections):
            if isinstance(report, Learning):
                server.tell(report)
    except (DataError, MemoryError) as error:
        return server.tell(Failed(str(error) or "There is not enough memory to learn your hand."))
    learned = report.classifier
    weights = None if report.forgotten else learned.network.get_weights()
    server.tell(Learned(report.before, report.after, report.forgotten, weights, learned.card))


def main() -> None:
    server = Server()
    teach(pickle.load(sys.stdin.buffer), server)


if __name__ == "__main__":
    main()
