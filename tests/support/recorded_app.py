"""app.py, whose fine-tunings (recorded_fine_tuning.py) and trainings by the recipe `tutorial`
(recorded_worker.py) are played back. Other trainings are real. Sessions are kept so long that a slow reload
finds its own.

python -m tests.support.recorded_app
"""

from functools import partial

import app
from tests.support import recorded_fine_tuning, recorded_worker
from tests.support.processes import keep_priority
from ui.corrections import panel as corrections
from ui.server import sessions
from ui.server.fine_tuning_job import FineTuningJob
from ui.server.training_job import WORKER, TrainingJob
from ui.training import panel


def make_job(settings, *arguments) -> TrainingJob:
    worker = recorded_worker.WORKER if settings.recipe == "tutorial" else keep_priority(WORKER)
    return TrainingJob(settings, *arguments, worker=worker)


if __name__ == "__main__":
    sessions.SESSION_GRACE = 3600
    panel.TrainingJob = make_job
    corrections.FineTuningJob = partial(FineTuningJob, worker=recorded_fine_tuning.WORKER)
    app.main()
