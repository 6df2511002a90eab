import gc
import logging
import time
import unittest
from unittest import mock

from collector import Collector, events_of
from sonde_worker import telemetry
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.errors import error_occurred
from sonde_worker.telemetry.logs import LogHandler
from sonde_worker.telemetry.process import make_cpu_sampler, sample_memory, watch_garbage, watch_process
from sonde_worker.telemetry_demo import telemetry_demo


class Process(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def one(self):
        (event,) = events_of(self.emitter)
        return event["event"], event["measurements"], event["metadata"]

    def test_memory_is_told_in_bytes(self):
        sample_memory(self.emitter)
        name, measurements, metadata = self.one()
        self.assertEqual((name, set(measurements), metadata), ("python.memory.sampled", {"rss", "vms"}, {}))
        ballast = bytearray(50 * 2**20)
        sample_memory(self.emitter)
        self.assertGreater(self.one()[1]["rss"], measurements["rss"] + 0.9 * len(ballast))

    def test_utilization_is_of_all_processors(self):
        sample = make_cpu_sampler(self.emitter)
        time.sleep(0.05)
        sample()
        idle = self.one()
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        sample()
        busy = self.one()
        self.assertEqual((idle[0], set(idle[1]), idle[2]), ("python.cpu.sampled", {"utilization"}, {}))
        self.assertTrue(0 <= idle[1]["utilization"] < 0.3 and idle[1]["utilization"] < busy[1]["utilization"] <= 1)

    def test_utilization_is_divided_by_the_processors(self):
        with mock.patch("sonde_worker.telemetry.process._processors", lambda: 1_000):
            sample = make_cpu_sampler(self.emitter)
            until = time.process_time() + 0.02
            while time.process_time() < until:
                pass
            sample()
        # A little over a thousandth is possible: the two clocks are not read at the same moment.
        self.assertLess(self.one()[1]["utilization"], 0.002)

    def test_full_collections_are_told_and_younger_ones_on_request(self):
        stop = watch_garbage(self.emitter)
        cycle = []
        cycle.append(cycle)
        del cycle
        gc.collect(0)
        gc.collect()
        stop()
        stop()
        gc.collect()
        name, measurements, metadata = self.one()
        self.assertEqual((name, metadata), ("python.gc.completed", {"generation": 2}))
        self.assertEqual(set(measurements), {"duration", "collected", "uncollectable"})
        self.assertGreater(measurements["duration"], 0)
        stop = watch_garbage(self.emitter, from_generation=0)
        gc.collect(0)
        stop()
        self.assertIn(0, {event["metadata"]["generation"] for event in events_of(self.emitter)})

    def test_a_watched_process_is_sampled_until_it_is_not(self):
        stop = watch_process(self.emitter, 0.01)
        until = time.monotonic() + 5
        while self.emitter.buffer.waiting < 4 and time.monotonic() < until:
            time.sleep(0.005)
        stop()
        time.sleep(0.05)
        names = {event["event"] for event in events_of(self.emitter)}
        self.assertLessEqual({"python.memory.sampled", "python.cpu.sampled"}, names)
        time.sleep(0.05)
        self.assertEqual(self.emitter.buffer.waiting, 0)

    def test_errors_are_told_with_type_message_and_traceback(self):
        try:
            raise LookupError("no such thing")
        except LookupError as error:
            error_occurred(self.emitter, error)
        name, _, metadata = self.one()
        self.assertEqual((name, set(metadata)), ("python.error.occurred", {"error_type", "error_message", "traceback"}))
        self.assertEqual((metadata["error_type"], metadata["error_message"]), ("LookupError", "no such thing"))


class Logs(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()
        self.logger = logging.Logger("shop.orders", logging.DEBUG)
        self.logger.addHandler(LogHandler(self.emitter))

    def logged(self):
        events = events_of(self.emitter)
        self.assertLessEqual({event["event"] for event in events}, {"python.log"})
        return [event["metadata"] for event in events]

    def test_records_become_events_from_a_level_up(self):
        self.logger.debug("not this")
        self.logger.warning("only %d left", 3)
        self.assertEqual(self.logged(), [{"level": "warning", "logger": "shop.orders", "message": "only 3 left"}])

    def test_a_record_whose_values_do_not_fit_is_told_as_it_was_written(self):
        self.logger.info("%d items", "many")
        self.logger.info({"a": "dict"})
        self.assertEqual([each["message"] for each in self.logged()], ["%d items", "{'a': 'dict'}"])

    def test_what_is_logged_while_a_record_is_made_into_an_event_is_left_out(self):
        logger = self.logger

        class Logging:
            def __str__(self):
                logger.info("from within %s", self)
                return "value"

        self.logger.info("outer %s", Logging())
        self.assertEqual([each["message"] for each in self.logged()], ["outer value"])


class Demo(unittest.TestCase):
    def test_the_demo_emits_one_of_each_kind(self):
        collector = Collector()
        telemetry.attach(collector)
        result = telemetry_demo("Eve")
        self.assertTrue(telemetry.flush(5))
        telemetry.detach()
        self.assertEqual(result, {"customer": "Eve", "items": 3, "emitted": len(collector.events())})
        demo = "python.custom.demo"
        self.assertEqual(
            set(collector.names()),
            {
                *(f"{demo}.cart_changed", f"{demo}.checkout.start", f"{demo}.checkout.stop", f"{demo}.payment.start"),
                *(f"{demo}.payment.stop", f"{demo}.delivery.start", f"{demo}.delivery.exception", "python.log"),
                *("python.error.occurred", "python.memory.sampled", "python.cpu.sampled", "python.gc.completed"),
            },
        )


if __name__ == "__main__":
    unittest.main()
