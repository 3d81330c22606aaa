"""Work that several threads or processes of a step share."""

import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TypeVar

from reprise.orphans import end_with_starter

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_threads(work: Callable[[Task], Result], tasks: Iterable[Task], threads: int) -> Iterator[Result]:
    """Yield what `work` makes of each task, in the order of the tasks, with so many of them in work at a time.

    Threads keep several cores busy only while they are in compiled code that lets go of Python. They are ahead of what
    was asked for by no more than two tasks each, which bounds the memory. Where one fails, or no more are asked for,
    those that have not begun are left undone.
    """
    if threads == 1:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from in_pool(pool, work, tasks, 2 * threads)


def in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], processes: int) -> Iterator[Result]:
    """Do the same in processes, for work that is held to bounds of its own, as a decoder is to its memory.

    `work`, tasks and results are sent from one process to another. Where a system is not sure to copy a process that is
    at work, all is done in this one.
    """
    if processes == 1 or sys.platform != "linux":
        yield from map(work, tasks)
        return
    copies = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, copies, end_with_starter, (os.getpid(),)) as pool:
        yield from in_pool(pool, work, tasks, 2 * processes)


def in_pool(pool: Executor, work: Callable[[Task], Result], tasks: Iterable[Task], most_ahead: int) -> Iterator[Result]:
    """Yield what `work` makes of each task, in their order, with `most_ahead` of them begun at most."""
    ahead: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            ahead.append(pool.submit(work, task))
            if len(ahead) == most_ahead:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for future in ahead:
            future.cancel()
