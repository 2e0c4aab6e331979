"""app.py, whose trainings by the recipe `tutorial` are played back (recorded_worker.py). Others are real.

python -m tests.support.recorded_app
"""

import app
from tests.support import recorded_worker
from ui.server.training_job import WORKER, TrainingJob
from ui.training import panel


def make_job(settings, *arguments) -> TrainingJob:
    worker = recorded_worker.WORKER if settings.recipe == "tutorial" else WORKER
    return TrainingJob(settings, *arguments, worker=worker)


if __name__ == "__main__":
    panel.TrainingJob = make_job
    app.main()
