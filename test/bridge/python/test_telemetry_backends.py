import io
import json
import socket
import sys
import threading
import types
import unittest
from contextlib import contextmanager, redirect_stderr
from unittest import mock

from collector import events_of
from sonde_worker import correlation
from sonde_worker.telemetry.backends.readings import Reading
from sonde_worker.telemetry.backends.statsd import MAX_DATAGRAM, encode, pack
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.otel_spans import otel_span

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


class Backends(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def tearDown(self):
        self.emitter.use("none", {})

    def test_stderr_has_one_line_for_each_event(self):
        out = io.StringIO()
        with redirect_stderr(out):
            self.assertTrue(self.emitter.use("stderr", {}))
            self.emitter.emit("a.b", {"n": 1}, {"text": "two\nlines €"})
            self.emitter.emit("a.c")
            self.assertTrue(self.emitter.flush(5))
        lines = out.getvalue().splitlines()
        self.assertEqual([line[:10] for line in lines], ["TELEMETRY:"] * 2)
        first = json.loads(lines[0][10:])
        self.assertEqual((first["event"], first["measurements"], first["metadata"]["text"]), ("a.b", {"n": 1}, "two\nlines €"))
        self.assertEqual([event["seq"] for event in events_of(self.emitter)], [1, 2])

    def test_a_backend_that_fails_or_stalls_never_reaches_the_caller(self):
        stalled = threading.Event()

        class Broken(io.StringIO):
            def write(self, text):
                stalled.wait(5)
                raise OSError("the disk is full")

        with redirect_stderr(Broken()):
            self.emitter.use("stderr", {})
            for _ in range(2_000):
                self.emitter.emit("a.b")
            books = self.emitter.backends[0].stats()
            stalled.set()
            self.assertTrue(self.emitter.flush(5))
        self.assertEqual(books["received"], 2_000)
        self.assertGreater(books["dropped"]["overflow"], 0)
        after = self.emitter.backends[0].stats()
        self.assertEqual(after["failed"] + after["dropped"]["overflow"], 2_000)

    def test_names_choose_and_none_ends_all(self):
        with self.assertRaisesRegex(ValueError, "no backend 'kafka'"):
            self.emitter.use("kafka", {})
        self.emitter.use("stderr", {})
        self.emitter.use("stderr", {})
        self.assertEqual([backend.name for backend in self.emitter.backends], ["stderr"])
        self.assertFalse(self.emitter.use("none", {}))
        self.assertEqual(self.emitter.backends, [])

    def test_statsd_is_sent_over_udp(self):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        self.emitter.use("statsd", {"port": server.getsockname()[1], "prefix": "my app.", "tags": ["customer"]})
        self.emitter.emit("a.stop", {"duration": 1_500_000, "depth": -2, "count": 3}, {"customer": "A|b,c\n#d:e", "other": 1})
        lines = server.recv(65_536).decode().split("\n")
        server.close()
        tags = "|#customer:A_b_c__d_e"
        self.assertEqual(
            lines,
            [
                f"my_app.a.stop:1|c{tags}",
                f"my_app.a.stop.duration:1.5|ms{tags}",
                f"my_app.a.stop.depth:0|g{tags}",
                f"my_app.a.stop.depth:-2|g{tags}",
                f"my_app.a.stop.count:3|c{tags}",
            ],
        )

    def test_a_statsd_host_that_does_not_exist_costs_nothing(self):
        self.emitter.use("statsd", {"host": "nowhere.invalid"})
        self.emitter.emit("a.b")
        self.assertTrue(self.emitter.flush(10))
        self.assertEqual(self.emitter.backends[0].stats()["failed"], 1)

    def test_statsd_scales_what_was_sampled(self):
        self.assertEqual(list(encode(Reading("counter", "a", 2, 10, {}))), ["a:2|c|@0.1"])
        self.assertEqual(list(encode(Reading("timer", "a", 2e6, 4, {}))), ["a:2|ms|@0.25"])
        self.assertEqual(list(encode(Reading("gauge", "a", 1e-7, 4, {}))), ["a:0|g"])

    def test_datagrams_are_filled_and_not_overfilled(self):
        lines = [f"name.{i}:1|c" for i in range(1_000)]
        datagrams = list(pack(lines))
        self.assertEqual(b"\n".join(datagrams).decode().split("\n"), lines)
        self.assertTrue(all(MAX_DATAGRAM - 20 < len(each) <= MAX_DATAGRAM for each in datagrams[:-1]))


def fake_api():
    """As much of OpenTelemetry's API as is used, with notes of what was done."""
    notes = []

    def instrument(kind, method):
        return lambda name, **options: types.SimpleNamespace(
            **{method: lambda value, tags: notes.append((kind, name, value, dict(tags)))}
        )

    meter = types.SimpleNamespace(
        create_counter=instrument("counter", "add"),
        create_histogram=instrument("histogram", "record"),
        create_gauge=instrument("gauge", "set"),
    )

    class SpanContext(types.SimpleNamespace):
        def __init__(self, trace_id, span_id, is_remote, trace_flags):
            valid = trace_id != 0 and span_id != 0
            super().__init__(trace_id=trace_id, span_id=span_id, is_remote=is_remote, trace_flags=trace_flags, is_valid=valid)

    class FakeSpan:
        def __init__(self, context):
            self.context = context

        def get_span_context(self):
            return self.context

    @contextmanager
    def start(name, context=None, attributes=None):
        parent = context.context if context else None
        notes.append((name, parent, attributes))
        yield FakeSpan(SpanContext(parent.trace_id if parent else 5, 7, False, 1))

    trace = types.SimpleNamespace(
        get_tracer=lambda name: types.SimpleNamespace(start_as_current_span=start),
        get_current_span=lambda: FakeSpan(SpanContext(0, 0, False, 0)),
        SpanContext=SpanContext,
        TraceFlags=int,
        NonRecordingSpan=FakeSpan,
        set_span_in_context=lambda span: span,
    )
    metrics = types.SimpleNamespace(get_meter=lambda name: meter)
    return types.SimpleNamespace(trace=trace, metrics=metrics), notes


class OpenTelemetry(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()
        self.api, self.notes = fake_api()

    def tearDown(self):
        self.emitter.use("none", {})

    def installed(self):
        return mock.patch.dict(sys.modules, {"opentelemetry": self.api})

    def absent(self):
        return mock.patch.dict(sys.modules, {"opentelemetry": None})

    def test_events_become_metrics(self):
        with self.installed():
            self.assertTrue(self.emitter.use("otel", {"tags": ["who"]}))
        self.emitter.emit("a.stop", {"duration": 2_000_000, "depth": 4, "sample_weight": 2}, {"who": "Ada"})
        self.assertTrue(self.emitter.flush(5))
        tags = {"who": "Ada"}
        duration = ("histogram", "a.stop.duration", 0.002, tags)
        self.assertEqual(self.notes, [("counter", "a.stop", 2, tags), duration, duration, ("gauge", "a.stop.depth", 4, tags)])

    def test_without_the_api_there_is_no_backend(self):
        with self.absent():
            self.assertFalse(self.emitter.use("otel", {}))
        self.assertEqual(self.emitter.backends, [])

    def test_without_the_api_a_span_emits_events(self):
        with self.absent(), otel_span(self.emitter, "a.b", {"k": 1}) as span:
            span.set_attribute("more", 2)
        self.assertEqual([event["event"] for event in events_of(self.emitter)], ["a.b.start", "a.b.stop"])

    def test_a_span_continues_the_trace_of_the_caller_and_is_current(self):
        token = correlation.set(correlation.new("mine", TRACE, SPAN))
        with self.installed(), otel_span(self.emitter, "work", {"k": 1, "odd": {}}):
            self.assertEqual(correlation.get(), ("mine", TRACE, f"{7:016x}", 1))
        self.assertEqual(correlation.get().span_id, SPAN)
        correlation.reset(token)
        ((name, parent, attributes),) = self.notes
        self.assertEqual((name, attributes), ("work", {"k": 1}))
        self.assertEqual((parent.trace_id, parent.span_id, parent.is_remote), (int(TRACE, 16), int(SPAN, 16), True))

    def test_an_api_that_fails_gives_a_span_that_emits(self):
        self.api.trace.get_tracer = None
        with self.installed(), otel_span(self.emitter, "a.b"):
            pass
        self.assertEqual(len(events_of(self.emitter)), 2)

    def test_the_real_api_takes_what_it_is_given(self):
        try:
            import opentelemetry.metrics
            import opentelemetry.trace  # noqa: F401
        except ImportError:
            self.skipTest("opentelemetry-api is not installed")
        self.assertTrue(self.emitter.use("otel", {}))
        self.emitter.emit("a.stop", {"duration": 1, "count": 1, "depth": 1})
        self.assertTrue(self.emitter.flush(5))
        self.assertEqual(self.emitter.backends[0].stats()["failed"], 0)
        token = correlation.set(correlation.new("mine", TRACE, SPAN))
        with otel_span(self.emitter, "work", {"k": 1}) as span:
            span.set_attribute("more", 2)
            self.assertEqual(span.get_span_context().trace_id, int(TRACE, 16))
        correlation.reset(token)


if __name__ == "__main__":
    unittest.main()
