"""Sees to it that a worker and all that it has started end with the process that has started it, however that ends.

The launcher is the parent of the worker and adopts whatever the worker leaves behind. It holds one end of a pipe, the lifeline: when
the other end is closed, which the kernel does for a process that was killed too, it kills them all. It never kills anybody but its own
children, whose ids cannot be given to others while it has not waited for them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import signal
import sys
from typing import Callable, Dict, List, NoReturn, Optional

#: Of Linux: prctl(2).
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

#: What the other side may write into the lifeline: a signal for the worker.
SIGNALS: Dict[bytes, signal.Signals] = {b"t": signal.SIGTERM, b"u": signal.SIGUSR1}


def launch(run: Callable[[], int], lifeline: int = 0) -> NoReturn:
    """Runs ``run`` in a child and ends as it does: with its exit code, or by its signal. Never returns.

    ``lifeline`` is the descriptor of a pipe. Its end kills the child and all that is left of it; the bytes of ``SIGNALS`` are signals for it.
    """
    # A Ctrl-C in a terminal reaches everybody: the one at the other end of the lifeline decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    own = os.getpid()
    worker = os.fork()
    if worker == 0:
        os.close(wake)
        os.close(waker)
        _run(run, lifeline, own)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: _signal(worker, signal.SIGTERM))
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    _let_go_of_all_but((lifeline, wake, waker, 2))
    status = _watch(worker, lifeline, wake)
    _kill_all(worker)
    _end_as(status)


def _run(run: Callable[[], int], lifeline: int, launcher: int) -> NoReturn:
    """What the child does."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The launcher may have ended before the line above.
    if os.getppid() != launcher:
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, lifeline)
    if nothing != lifeline:
        os.close(nothing)
    if sys.platform != "linux":
        os.setsid()
    code = 1
    try:
        code = run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        # What a program has registered runs, as at any end; and no frame of the launcher's is left to unwind.
        _flush()
        os._exit(code)


def _flush() -> None:
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass


def _watch(worker: int, lifeline: int, wake: int) -> Optional[int]:
    """Waits for the end of the worker, whose status it returns, or of the lifeline."""
    # It may have ended before anybody was told of that.
    status = _reap(worker)
    if status is not None:
        return status
    while True:
        ready, _, _ = select.select([lifeline, wake], [], [])
        if wake in ready:
            os.read(wake, 512)
            status = _reap(worker)
            if status is not None:
                return status
        if lifeline in ready:
            orders = os.read(lifeline, 64)
            if orders == b"":
                return None
            for order in orders:
                known = SIGNALS.get(bytes([order]))
                if known is not None:
                    _signal(worker, known)


def _reap(worker: int) -> Optional[int]:
    """Waits for all that have ended; the status of the worker if it has."""
    ended = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        if pid == worker:
            ended = status


def _kill_all(worker: int) -> None:
    """Kills the children; theirs become ours, until there is nobody."""
    if sys.platform != "linux":
        try:
            os.killpg(worker, signal.SIGKILL)
        except OSError:
            pass
    while True:
        for pid in _children():
            _signal(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
        except InterruptedError:
            pass


def _children() -> List[int]:
    own = os.getpid()
    try:
        with open(f"/proc/{own}/task/{own}/children") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return _children_by_scan(own)


def _children_by_scan(own: int) -> List[int]:
    """Where the kernel does not list them: by the fourth word of each /proc/PID/stat, behind a name that may hold anything."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == own:
            found.append(int(name))
    return found


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _let_go_of_all_but(kept: "tuple[int, ...]") -> None:
    """The other ends are to see that the worker has closed its own."""
    for name in os.listdir("/dev/fd"):
        descriptor = int(name)
        if descriptor in kept:
            continue
        try:
            os.close(descriptor)
        except OSError as error:
            # The one that the list was read with.
            if error.errno != errno.EBADF:
                raise


def _end_as(status: Optional[int]) -> NoReturn:
    if status is None:
        os._exit(0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        # A core of the launcher's would be of no use to anybody.
        _no_core()
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _no_core() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the lifeline alone has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
