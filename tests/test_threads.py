"""Work that several threads share: all of it, in order, side by side, and no more than was asked for."""

import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from reprise.threads import in_processes, in_threads

SECONDS = 20  # after which what was waited for does not come


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_tasks(threads: int) -> None:
    first_waits = threading.Event()

    def work(task: int) -> int:
        if threads > 1 and task == 0:
            assert first_waits.wait(SECONDS)
        first_waits.set()
        return task * task

    assert list(in_threads(work, range(40), threads)) == [task * task for task in range(40)]
    assert list(in_threads(work, [], threads)) == []


def test_as_many_tasks_as_there_are_threads_are_in_work_at_a_time() -> None:
    together = threading.Barrier(3)
    assert all(place >= 0 for place in in_threads(lambda _: together.wait(SECONDS), range(9), 3))


@pytest.mark.parametrize("threads", [1, 2])
def test_no_more_is_begun_than_is_soon_asked_for(threads: int) -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for task in range(100):
            taken.append(task)
            yield task

    results = in_threads(str, tasks(), threads)
    assert next(results) == "0"
    assert len(taken) <= 2 * threads


@pytest.mark.parametrize("threads", [1, 2])
def test_a_failure_is_told_and_ends_the_work(threads: int) -> None:
    begun = []

    def work(task: int) -> int:
        begun.append(task)
        return 1 // (task - 1)

    results = in_threads(work, range(1000), threads)
    assert next(results) == -1
    with pytest.raises(ZeroDivisionError):
        list(results)
    assert len(begun) <= 2 + 2 * threads


def number_of_process(_: int) -> int:
    time.sleep(0.01)
    return os.getpid()


def test_processes_do_their_share_in_order_and_tell_what_fails() -> None:
    assert list(in_processes(abs, range(-40, 0), 3)) == list(range(40, 0, -1))
    assert list(in_processes(abs, [], 3)) == []
    assert set(in_processes(number_of_process, range(4), 1)) == {os.getpid()}
    if sys.platform == "linux":
        assert os.getpid() not in set(in_processes(number_of_process, range(40), 2))
    with pytest.raises(ValueError, match="no number"):
        list(in_processes(int, ["1", "no number"], 2))
