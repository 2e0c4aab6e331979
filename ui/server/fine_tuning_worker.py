"""The process of a fine-tuning job, so that learning does not slow the page.

    python -m ui.server.fine_tuning_worker

messages.py says what goes in and out.
"""

import sys

from model.classifier import Classifier
from model.correction import Learning, learn_hand
from model.devices import start_backend
from model.errors import DigitsError
from model.networks import build_network
from ui.server.messages import Failed, FineTuned, FineTuningTask, receive
from ui.server.worker_process import ServerPipe


def fine_tune(task: FineTuningTask, server: ServerPipe) -> None:
    try:
        start_backend()
        network = build_network(task.card["settings"])
        network.set_weights(task.weights)
        for report in learn_hand(Classifier(network, task.card), task.corrections):
            if isinstance(report, Learning):
                server.tell(report)
    except DigitsError as error:
        return server.tell(Failed(error))
    except MemoryError:
        return server.tell(Failed(DigitsError("fine-tuning.no-memory")))
    classifier = report.classifier
    weights = None if report.forgotten else classifier.network.get_weights()
    server.tell(FineTuned(report.before, report.after, report.forgotten, weights, classifier.card))


def main() -> None:
    server = ServerPipe()
    fine_tune(receive(sys.stdin.buffer), server)


if __name__ == "__main__":
    main()
