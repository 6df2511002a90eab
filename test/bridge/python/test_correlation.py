import asyncio
import contextvars
import io
import logging
import threading
import unittest

from sonde_worker import correlation

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
FORMAT = "%(correlation_id)s %(trace_id)s %(span_id)s %(message)s"


class Ids(unittest.TestCase):
    def test_outside_of_a_context_there_is_none(self):
        self.assertIsNone(correlation.get())
        self.assertEqual(correlation.outgoing_metadata(), {})

    def test_set_makes_ids_current_and_reset_those_before(self):
        outer = correlation.set(correlation.new("outer"))
        inner = correlation.set(correlation.new("inner"))
        self.assertEqual(correlation.get().correlation_id, "inner")
        correlation.reset(inner)
        self.assertEqual(correlation.get().correlation_id, "outer")
        correlation.reset(outer)
        self.assertIsNone(correlation.get())

    def test_ids_that_are_known_are_kept(self):
        self.assertEqual(correlation.new("mine", TRACE, SPAN, 2), ("mine", TRACE, SPAN, 2))

    def test_without_ids_a_trace_begins(self):
        begun = correlation.new()
        self.assertRegex(begun.trace_id, r"\A[0-9a-f]{32}\Z")
        self.assertEqual(begun.correlation_id, begun.trace_id)
        self.assertEqual((begun.span_id, begun.trace_flags), (None, 3))
        self.assertNotEqual(begun.trace_id, correlation.new().trace_id)

    def test_what_cannot_be_an_id_counts_as_unknown(self):
        for bad in ("", "a b", "a\n", "mine\r\nx: y", "é", "a" * 129, 7, None, b"mine", ["mine"]):
            self.assertEqual(correlation.new(bad, TRACE).correlation_id, TRACE, bad)
        for bad in (TRACE.upper(), "0" * 32, TRACE + "\n", TRACE[1:], "x" * 32, 7, None, TRACE.encode()):
            made = correlation.new("mine", bad, SPAN)
            self.assertRegex(made.trace_id, r"\A[0-9a-f]{32}\Z")
            self.assertNotEqual(made.trace_id, TRACE)
            self.assertIsNone(made.span_id)
        for bad in (SPAN.upper(), "0" * 16, SPAN + "\n", 7):
            self.assertIsNone(correlation.new("mine", TRACE, bad).span_id)
        self.assertEqual(correlation.new("mine", TRACE, SPAN, 255).trace_flags, 3)
        self.assertEqual(correlation.new("mine", TRACE, SPAN, "01").trace_flags, 1)

    def test_ids_that_nobody_has_checked_are_checked_when_set(self):
        token = correlation.set(correlation.Correlation("a\nb", TRACE, "x"))
        self.assertEqual(correlation.get(), (TRACE, TRACE, None, 1))
        correlation.reset(token)

    def test_outgoing_metadata_are_headers_that_the_host_reads(self):
        token = correlation.set(correlation.new("mine", TRACE, SPAN, 0))
        self.assertEqual(
            correlation.outgoing_metadata(), {"x-correlation-id": "mine", "traceparent": f"00-{TRACE}-{SPAN}-00"}
        )
        correlation.reset(token)
        token = correlation.set(correlation.new("mine", TRACE))
        self.assertEqual(correlation.outgoing_metadata(), {"x-correlation-id": "mine", "x-trace-id": TRACE})
        correlation.reset(token)


class Borders(unittest.TestCase):
    def setUp(self):
        self.token = correlation.set(correlation.new("mine"))

    def tearDown(self):
        correlation.reset(self.token)

    def seen_in_thread(self, *run):
        seen = []
        thread = threading.Thread(target=lambda: seen.append(run[0](correlation.get) if run else correlation.get()))
        thread.start()
        thread.join()
        return seen[0]

    def test_a_thread_has_none_of_its_own(self):
        self.assertIsNone(self.seen_in_thread())

    def test_a_thread_in_a_copied_context_has_them(self):
        self.assertEqual(self.seen_in_thread(contextvars.copy_context().run).correlation_id, "mine")

    def test_asyncio_tasks_inherit_them_and_do_not_mix(self):
        async def task(name):
            before = correlation.get().correlation_id
            correlation.set(correlation.new(name))
            await asyncio.sleep(0)
            return before, correlation.get().correlation_id

        async def main():
            return await asyncio.gather(*(task(f"task-{i}") for i in range(100)))

        self.assertEqual(asyncio.run(main()), [("mine", f"task-{i}") for i in range(100)])
        self.assertEqual(correlation.get().correlation_id, "mine")


class Records(unittest.TestCase):
    def setUp(self):
        self.factory = logging.getLogRecordFactory()
        self.out = io.StringIO()
        self.handler = logging.StreamHandler(self.out)
        self.handler.setFormatter(logging.Formatter(FORMAT))
        self.logger = logging.getLogger("sonde.test")
        self.logger.propagate = False
        self.logger.handlers = [self.handler]
        self.logger.setLevel(logging.INFO)

    def tearDown(self):
        logging.setLogRecordFactory(self.factory)

    def logged(self, log):
        token = correlation.set(correlation.new("mine", TRACE, SPAN))
        log()
        correlation.reset(token)
        return self.out.getvalue()

    def test_the_filter_puts_ids_on_records_of_children_too(self):
        self.handler.addFilter(correlation.CorrelationFilter())
        child = logging.getLogger("sonde.test.child")
        self.assertEqual(self.logged(lambda: child.info("hello")), f"mine {TRACE} {SPAN} hello\n")

    def test_the_filter_puts_a_dash_where_there_is_none(self):
        self.handler.addFilter(correlation.CorrelationFilter())
        self.logger.info("outside")
        self.assertEqual(self.out.getvalue(), "- - - outside\n")
        token = correlation.set(correlation.new("mine", TRACE))
        self.logger.info("begun")
        correlation.reset(token)
        self.assertEqual(self.out.getvalue().splitlines()[1], f"mine {TRACE} - begun")

    def test_the_filter_keeps_what_a_record_has(self):
        self.handler.addFilter(correlation.CorrelationFilter())
        log = lambda: self.logger.info("hello", extra={"correlation_id": "other"})
        self.assertEqual(self.logged(log), f"other {TRACE} {SPAN} hello\n")

    def test_the_factory_puts_ids_on_every_record(self):
        correlation.install_record_factory()
        self.logger.info("outside")
        self.assertEqual(self.logged(lambda: self.logger.info("hello")), f"- - - outside\nmine {TRACE} {SPAN} hello\n")

    def test_the_factory_is_installed_once_over_the_one_there_was(self):
        class Marked(logging.LogRecord):
            pass

        logging.setLogRecordFactory(Marked)
        correlation.install_record_factory()
        installed = logging.getLogRecordFactory()
        correlation.install_record_factory()
        self.assertIs(logging.getLogRecordFactory(), installed)
        self.assertIsInstance(installed("n", 20, "p", 1, "m", (), None), Marked)

    def test_a_record_that_is_written_by_another_thread_keeps_its_ids(self):
        correlation.install_record_factory()
        self.handler.addFilter(correlation.CorrelationFilter())
        records = []
        self.logger.handlers = [handler := logging.Handler()]
        handler.emit = records.append
        self.logged(lambda: self.logger.info("hello"))
        thread = threading.Thread(target=lambda: self.handler.handle(records[0]))
        thread.start()
        thread.join()
        self.assertEqual(self.out.getvalue(), f"mine {TRACE} {SPAN} hello\n")


if __name__ == "__main__":
    unittest.main()
