import asyncio
import contextvars
import unittest

from collector import events_of
from sonde_worker import correlation
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.spans import Span

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no")


class Spans(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def span(self, name="a.b", metadata=None):
        return Span(self.emitter, name, metadata)

    def ends(self):
        return [event for event in events_of(self.emitter) if not event["event"].endswith(".start")]

    def test_a_span_emits_start_and_stop_with_the_standard_keys(self):
        with self.span(metadata={"who": "Ada", "n": 1}) as span:
            span.set({"n": 2}).measure({"items": 3, "duration": -1})
        start, stop = events_of(self.emitter)
        self.assertEqual((start["event"], stop["event"]), ("a.b.start", "a.b.stop"))
        self.assertEqual(set(start["measurements"]), {"monotonic_time", "system_time"})
        self.assertEqual(start["metadata"], {"who": "Ada", "n": 1, "span_id": span.id})
        self.assertRegex(span.id, r"\A[0-9a-f]{16}\Z")
        self.assertEqual(set(stop["measurements"]), {"duration", "monotonic_time", "items"})
        times = stop["measurements"]["monotonic_time"] - start["measurements"]["monotonic_time"]
        self.assertEqual((stop["measurements"]["duration"], times >= 0), (times, True))
        self.assertEqual(stop["metadata"], {"who": "Ada", "n": 2, "span_id": span.id, "outcome": "ok"})

    def test_what_the_body_raises_passes_and_is_told(self):
        with self.assertRaisesRegex(ValueError, "no tea"):
            with self.span(metadata={"who": "Ada"}):
                raise ValueError("no tea")
        (event,) = self.ends()
        self.assertEqual(event["event"], "a.b.exception")
        metadata = event["metadata"]
        told = [metadata[key] for key in ("outcome", "error_type", "error_message")]
        self.assertEqual(told, ["exception", "ValueError", "no tea"])
        self.assertIn('raise ValueError("no tea")', metadata["traceback"])
        self.assertEqual(metadata["who"], "Ada")

    def test_every_base_exception_ends_a_span(self):
        for kind, outcome in ((KeyboardInterrupt, "aborted"), (asyncio.CancelledError, "aborted"), (SystemExit, "exception")):
            with self.assertRaises(kind):
                with self.span():
                    raise kind()
            (event,) = self.ends()
            self.assertEqual((event["event"], event["metadata"]["outcome"]), ("a.b.exception", outcome))

    def test_an_exception_that_cannot_be_printed_is_told_all_the_same(self):
        with self.assertRaises(Unprintable):
            with self.span():
                raise Unprintable()
        self.assertEqual(self.ends()[0]["metadata"]["error_message"], "<Unprintable whose str raises>")

    def test_a_long_traceback_keeps_its_end_and_its_cause(self):
        def dive(depth):
            if depth == 0:
                raise KeyError("the bottom")
            dive(depth - 1)

        with self.assertRaises(RuntimeError):
            with self.span():
                try:
                    dive(500)
                except KeyError as error:
                    raise RuntimeError("x" * 10_000) from error
        metadata = self.ends()[0]["metadata"]
        self.assertLessEqual(len(metadata["traceback"].encode()), 4_096)
        self.assertLessEqual(len(metadata["error_message"].encode()), 4_096)
        with self.assertRaises(RuntimeError):
            with self.span():
                try:
                    dive(2)
                except KeyError as error:
                    raise RuntimeError("outer") from error
        trace = self.ends()[0]["metadata"]["traceback"]
        self.assertTrue(trace.startswith("Traceback"))
        self.assertLess(trace.index("the bottom"), trace.index("outer"))

    def test_only_the_innermost_frames_are_told(self):
        def there(depth):
            back(depth - 1)

        def back(depth):
            if depth < 0:
                raise KeyError("the bottom")
            there(depth - 1)

        with self.assertRaises(KeyError):
            with self.span():
                there(300)
        self.assertEqual(self.ends()[0]["metadata"]["traceback"].count("File "), 20)

    def test_fail_is_an_error_without_an_exception(self):
        with self.span() as span:
            span.fail("empty basket")
        (event,) = self.ends()
        metadata = event["metadata"]
        self.assertEqual([event["event"], metadata["outcome"], metadata["error"]], ["a.b.stop", "error", "empty basket"])

    def test_ids_and_outcome_cannot_be_forged(self):
        with self.span(metadata={"span_id": "x", "outcome": "x"}) as span:
            span.set({"span_id": "y", "outcome": "y"})
        start, stop = events_of(self.emitter)
        self.assertEqual((start["metadata"]["span_id"], stop["metadata"]["span_id"]), (span.id, span.id))
        self.assertEqual(stop["metadata"]["outcome"], "ok")

    def test_a_span_is_current_while_its_body_runs(self):
        token = correlation.set(correlation.new("mine", TRACE, PARENT))
        with self.span("outer") as outer:
            self.emitter.emit("within")
            with self.span("inner") as inner:
                self.assertEqual(correlation.get(), ("mine", TRACE, inner.id, 1))
            self.assertEqual(correlation.get().span_id, outer.id)
        self.assertEqual(correlation.get().span_id, PARENT)
        correlation.reset(token)
        seen = {event["event"]: event for event in events_of(self.emitter)}
        self.assertEqual(seen["within"]["correlation"], ["mine", TRACE, outer.id])
        self.assertEqual(seen["inner.stop"]["metadata"]["parent_span_id"], outer.id)
        self.assertEqual(seen["outer.start"]["metadata"]["parent_span_id"], PARENT)

    def test_a_span_outside_of_a_context_begins_a_trace(self):
        with self.span("outer"):
            with self.span("inner"):
                pass
        self.assertIsNone(correlation.get())
        events = events_of(self.emitter)
        self.assertEqual(len({event["correlation"][1] for event in events}), 1)
        self.assertNotIn("parent_span_id", events[0]["metadata"])

    def test_a_generator_that_is_left_early_ends_in_stop(self):
        def numbers():
            with self.span():
                yield 1
                yield 2

        generator = numbers()
        next(generator)
        generator.close()
        self.assertEqual([event["event"] for event in self.ends()], ["a.b.stop"])
        self.assertIsNone(correlation.get())

    def test_a_generator_may_be_closed_in_another_context_or_span(self):
        def numbers():
            with self.span("generator"):
                yield 1

        before = correlation.set(correlation.new("mine", TRACE))
        elsewhere = numbers()
        contextvars.copy_context().run(next, elsewhere)
        elsewhere.close()
        copied = numbers()
        next(copied)
        contextvars.copy_context().run(copied.close)
        correlation.reset(before)
        within = numbers()
        next(within)
        with self.span("other") as other:
            within.close()
            self.assertEqual(correlation.get().span_id, other.id)
        self.assertEqual([event["event"] for event in self.ends()], [*["generator.stop"] * 3, "other.stop"])
        self.assertIsNone(correlation.get())

    def test_async_spans_of_tasks_do_not_mix(self):
        async def task(i):
            async with self.span("task", {"i": i}) as span:
                await asyncio.sleep(0)
                self.assertEqual(correlation.get().span_id, span.id)

        async def main():
            async with self.span("main") as span:
                cancelled = asyncio.ensure_future(task(99))
                await asyncio.sleep(0)
                cancelled.cancel()
                await asyncio.gather(*(task(i) for i in range(50)))
                await asyncio.gather(cancelled, return_exceptions=True)
                return span.id

        main_id = asyncio.run(main())
        ends = self.ends()
        self.assertEqual([event["metadata"]["i"] for event in ends if event["event"] == "task.exception"], [99])
        self.assertEqual({event["metadata"].get("parent_span_id", main_id) for event in ends}, {main_id})
        self.assertEqual(len(ends), 52)

    def test_a_span_ends_once(self):
        with self.span() as span:
            span.__exit__(None, None, None)
        self.assertEqual(len(self.ends()), 1)

    def test_nothing_that_a_span_is_given_reaches_the_body(self):
        for name in ("", None, "a b", 7):
            with self.span(name, ["no dict"]) as span:
                span.set(7).measure("x").set({"bad": object()})
        self.assertEqual(events_of(self.emitter), [])
        self.assertEqual(self.emitter.stats()["dropped"], {"invalid": 8})


if __name__ == "__main__":
    unittest.main()
