"""A second process that takes a study's work from the end, while this one takes it from the front.

What a piece gives does not depend on who computes it, nor do its bits: one thread a library in either.
"""

import atexit
import gc
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from threading import current_thread, main_thread
from typing import Any, TypeVar, cast

from sphspec._cores import cores

T = TypeVar("T")
STARTING = 10.0  # seconds that a process may take to start
CORES = 2  # without so many nobody helps


@dataclass(frozen=True, eq=False)
class Helper:
    """Work that was handed out: what has not been begun can be taken back.

    Attributes
    ----------
    pool : of one process
    feeder : one thread, which hands it a piece at a time: the pool alone would hold on to the next one
    number : of the process
    """

    pool: ProcessPoolExecutor
    feeder: ThreadPoolExecutor
    number: "Future[int]"

    def offer(self, work: Callable[..., Any], *arguments: Any) -> "Offer":
        """Hand out work; `work` is a function of a module, arguments and result can be pickled."""
        return Offer(self.feeder.submit(self._done, work, *arguments), work, arguments)

    def release(self) -> None:
        """Let the process end when it has done what was handed out; nothing more can be."""
        self.feeder.submit(self.pool.shutdown)  # it waits there for the process, and nobody here

    def stop(self) -> None:
        """End the process now, whatever it is doing."""
        self.feeder.shutdown(wait=False, cancel_futures=True)
        with suppress(BrokenProcessPool, ProcessLookupError, RuntimeError, TimeoutError):
            os.kill(self.number.result(STARTING), signal.SIGTERM)

    def _done(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self.pool.submit(work, *arguments).result()


@dataclass(frozen=True, eq=False)
class Offer:
    """One piece of work, done by the helper or here."""

    future: "Future[Any]"
    work: Callable[..., Any]
    arguments: tuple[Any, ...]

    def taken(self) -> bool:
        """Whether the helper has begun or done it; else it is taken back."""
        return not self.future.cancel()

    def result(self) -> Any:
        """Return what the helper found; it is done here where the helper died."""
        try:
            return self.future.result()
        except BrokenProcessPool:
            return self.work(*self.arguments)


def beside(helper: Helper | None, work: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """Hand out work; return the function that fetches its result, or does what was not begun."""
    if helper is None:
        return lambda: work(*arguments)
    offer = helper.offer(work, *arguments)
    return lambda: cast(T, offer.result()) if offer.taken() else work(*arguments)


@contextmanager
def helping(*modules: str) -> Iterator[Helper | None]:
    """Start a helper where there is a core for it; it imports the modules meanwhile."""
    if cores() < CORES:
        yield None
        return
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=leave_quickly)
    feeder = ThreadPoolExecutor(1)
    with deaf():
        helper = Helper(pool, feeder, pool.submit(os.getpid))
    helper.offer(_import, *modules)
    try:
        yield helper
    except BaseException:  # what it does is of no use any more
        helper.stop()
        raise
    finally:  # a pool that is left to the interpreter's end can complain then
        feeder.shutdown(wait=True, cancel_futures=True)
        pool.shutdown(wait=True)


@contextmanager
def deaf() -> Iterator[None]:
    """Let processes that are started here ignore Ctrl-C: who started them ends them, and says so."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def leave_quickly() -> None:
    """Leave all that is alive to the end of this process, in place of a search for what could be freed."""
    atexit.register(gc.freeze)


def _import(*modules: str) -> None:
    for module in modules:
        if find_spec(module.partition(".")[0]):  # who needs what is not installed says so
            import_module(module)
