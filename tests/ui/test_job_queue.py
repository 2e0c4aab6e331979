"""The queue of jobs."""

import threading

from ui.server.job_queue import MAX_SUSPENDED, MAX_WAITING, JobQueue


def test_jobs_have_their_turn_in_order_of_arrival_and_leave_no_gap():
    queue = JobQueue()
    for job in "abc":
        queue.join(job)
    assert [queue.find_position(job) for job in "abc"] == [0, 1, 2]
    queue.leave("b")
    assert [queue.find_position(job) for job in "abc"] == [0, None, 1]
    assert not queue.wait_for_turn("c", 0)
    queue.leave("a")
    assert queue.wait_for_turn("c", 0)


def test_a_queue_is_full_until_a_job_leaves_it():
    queue = JobQueue()
    for job in range(MAX_WAITING):
        assert not queue.is_full
        queue.join(job)
    assert queue.is_full
    queue.leave(3)
    assert not queue.is_full


def test_of_too_many_paused_jobs_the_one_paused_longest_has_to_be_stopped():
    queue = JobQueue()
    for job in range(MAX_SUSPENDED):
        queue.join(job)
        assert queue.suspend(job) is None
        assert queue.find_position(job) is None
    queue.join(0)
    assert queue.wait_for_turn(0, 0)  # goes on: there is room for one more
    assert queue.suspend("one more") is None
    assert queue.suspend("too many") == 1


def test_a_job_that_waits_to_go_on_counts_as_paused_since_it_holds_its_memory():
    queue = JobQueue()
    queue.join("another job")
    for job in range(MAX_SUSPENDED):
        queue.suspend(job)
        queue.join(job)
    assert queue.suspend("too many") == 0


def test_the_job_that_gets_the_turn_by_a_pause_is_not_the_one_to_be_stopped():
    queue = JobQueue()
    for job in range(MAX_SUSPENDED):
        queue.suspend(job)
    queue.join("has the turn")
    queue.join(0)  # wants to go on
    assert queue.suspend("has the turn") is None
    assert queue.wait_for_turn(0, 0)


def test_a_waiting_job_has_its_turn_as_soon_as_it_is_free():
    queue = JobQueue()
    queue.join("first")
    queue.join("second")
    has_turn = threading.Event()
    threading.Thread(target=lambda: queue.wait_for_turn("second", 60) and has_turn.set()).start()
    assert not has_turn.wait(0.1)
    queue.leave("first")
    assert has_turn.wait(60)
