import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

from collector import Collector, events_of, is_exact
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.spans import Span


def run(script):
    """What a program sent over the descriptor 3 of its own, and its exit code."""
    reader, writer = os.pipe()
    head = "import os, sys\nfrom sonde_worker import telemetry\n"
    head += f"send = lambda batch: os.write({writer}, b''.join(line + b'\\n' for line in batch))\n"
    child = subprocess.Popen([sys.executable, "-c", head + script], pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        sent = [json.loads(line) for line in pipe]
    return [event.get("event") for event in sent], child.wait(10)


class Interruptions(unittest.TestCase):
    def test_signal_handlers_may_emit_at_any_moment(self):
        # A list, because the handler may be interrupted by itself.
        emitter, collector, fired = Emitter(), Collector(), []

        def handle(signum, frame):
            fired.append(signum)
            emitter.emit("signal.seen", {"signal": signum})

        before = signal.signal(signal.SIGALRM, handle)
        emitter.stream.attach(collector)
        signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
        emitted = 0
        try:
            until = time.monotonic() + 2
            while time.monotonic() < until:
                emitter.emit("main.loop", {"n": emitted})
                emitted += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertTrue(emitter.stream.flush(10))
        emitter.stream.detach()
        stats = emitter.stats()
        self.assertGreater(len(fired), 100)
        self.assertEqual((stats["received"], is_exact(stats)), (emitted + len(fired), True))
        seqs = [event["seq"] for event in collector.events()]
        self.assertEqual((seqs, len(seqs)), (sorted(set(seqs)), stats["sent"]))

    def test_an_emit_within_the_books_is_entered_after_them(self):
        emitter = Emitter()
        book = emitter.buffer._book

        def interrupted(entry):
            if entry[0] is not None and entry[0]["event"] == "outer":
                emitter.emit("inner")
            book(entry)

        emitter.buffer._book = interrupted
        emitter.emit("outer")
        self.assertEqual([(event["event"], event["seq"]) for event in events_of(emitter)], [("outer", 1), ("inner", 2)])

    def test_finalizers_and_the_garbage_collector_may_emit(self):
        emitter, collector = Emitter(), Collector()

        class Finalized:
            def __init__(self):
                self.cycle = self

            def __del__(self):
                emitter.emit("it.ended")

        emitter.stream.attach(collector)
        before = gc.get_threshold()
        gc.set_threshold(10)
        try:
            for _ in range(5_000):
                Finalized()
                emitter.emit("main.loop")
        finally:
            gc.set_threshold(*before)
        gc.collect()
        self.assertTrue(emitter.stream.flush(10))
        emitter.stream.detach()
        stats = emitter.stats()
        self.assertEqual((stats["received"], is_exact(stats)), (10_000, True))


class Forks(unittest.TestCase):
    def test_a_forked_child_emits_nothing_and_does_not_hang(self):
        emitter, collector, stop = Emitter(), Collector(), threading.Event()

        def work():
            while not stop.is_set():
                emitter.emit("thread.loop")

        threads = [threading.Thread(target=work) for _ in range(2)]
        emitter.stream.attach(collector)
        for thread in threads:
            thread.start()
        codes = []
        for _ in range(20):
            child = os.fork()
            if child == 0:
                signal.alarm(5)
                with Span(emitter, "child.span"):
                    emitter.emit("child.event")
                stats = emitter.stats()
                attached = emitter.attach(collector)
                fine = not attached and stats["waiting"] == 0 and stats["dropped"] == {"disabled": 3} and stats["sent"] == 0
                os._exit(0 if fine else 1)
            codes.append(os.waitpid(child, 0)[1])
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, [0] * 20)
        self.assertTrue(emitter.stream.flush(10))
        emitter.stream.detach()
        self.assertEqual(set(collector.names()), {"thread.loop"})
        self.assertEqual(len(collector.events()), emitter.stats()["sent"])

    def test_a_child_sends_no_duplicates_of_what_waits(self):
        script = """
telemetry.emit("before.fork")
if os.fork() == 0:
    telemetry.emit("in.child")
    telemetry.attach(send)
    sys.exit(0)
os.wait()
telemetry.attach(send)
"""
        self.assertEqual(run(script), (["before.fork"], 0))


class Exits(unittest.TestCase):
    def test_what_waits_at_the_end_is_sent_and_so_is_what_exit_handlers_emit(self):
        script = """
import atexit
atexit.register(lambda: telemetry.emit("at.exit"))
telemetry.attach(send)
for _ in range(500):
    telemetry.emit("a.b")
"""
        names, code = run(script)
        self.assertEqual((names, code), (["a.b"] * 500 + ["at.exit"], 0))

    def test_an_uncaught_exception_ends_its_spans_first(self):
        names, code = run("telemetry.attach(send)\nwith telemetry.span('a'):\n    sys.exit(3)")
        self.assertEqual((names, code), (["a.start", "a.exception"], 3))

    def test_a_stalled_stream_delays_the_end_by_a_second(self):
        started = time.monotonic()
        names, code = run("import time\ntelemetry.attach(lambda batch: time.sleep(60))\ntelemetry.emit('a.b')")
        self.assertEqual((names, code), ([], 0))
        self.assertLess(time.monotonic() - started, 5)

    def test_without_a_stream_the_end_is_immediate_and_silent(self):
        self.assertEqual(run("telemetry.emit('a.b')"), ([], 0))


if __name__ == "__main__":
    unittest.main()
