"""Runs a command line in this process: as a user types it, without the seconds that Keras takes to load."""

import contextlib
import gc
import io
import subprocess
from collections.abc import Callable

from model.run import Run


def run_command(main: Callable[[list[str]], int], *arguments: object) -> subprocess.CompletedProcess:
    """What `main` prints and ends with, given these arguments. It may refuse, but never with a traceback."""
    out, complaints = io.StringIO(), io.StringIO()
    gc.freeze()  # what is there already need not be looked through: half a second where Keras is loaded
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            code = main([str(argument) for argument in arguments])
    except SystemExit as end:  # Python makes the exit status of it in the same way
        code = end.code if isinstance(end.code, int) else 1
        if isinstance(end.code, str):
            complaints.write(f"{end.code}\n")
    finally:
        gc.collect()  # a process would have given back whatever it held, such as the lock of a run
        gc.unfreeze()
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), complaints.getvalue())


def run_well(main: Callable[[list[str]], int], *arguments: object) -> str:
    """What it prints, where all goes well."""
    done = run_command(main, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(main: Callable[[list[str]], int], *arguments: object) -> str:
    """The one sentence that it ends with."""
    done = run_command(main, *arguments)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def take_few(patch: Callable[[object, str, object], None] = setattr) -> None:
    """From now on trainings of the command line take a few images, as a dry run does, but keep what comes of
    it. patch: as setattr, or a monkeypatch's."""
    follow, publish = Run.follow, Run.publish
    patch(Run, "follow", lambda run, few=False: follow(run, few=True))
    patch(Run, "publish", lambda run, few=False: publish(run, few=True))
