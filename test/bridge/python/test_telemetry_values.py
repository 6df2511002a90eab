import collections
import datetime
import enum
import json
import time
import traceback
import unittest

from collector import Collector, events_of, is_exact
from sonde_worker import telemetry
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.hostile import cut


class Colour(str, enum.Enum):
    RED = "red"


class Raising:
    def __repr__(self):
        raise SystemExit("no")


class Liar:
    @property
    def __class__(self):
        raise RuntimeError("no")

    def __repr__(self):
        return "liar" * 1_000


class Emitting:
    def __init__(self, emitter):
        self.emitter = emitter

    def __repr__(self):
        self.emitter.emit("nested.repr", {}, {"self": self})
        return "emitting"


class HostileDict(dict):
    def items(self):
        raise RuntimeError("no")

    __iter__ = copy = __len__ = items


class Values(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def emitted(self, measurements=None, metadata=None):
        self.emitter.emit("a.b", measurements, metadata)
        (event,) = events_of(self.emitter)
        return event

    def dropped(self):
        return self.emitter.stats()["dropped"]

    def test_an_event_has_the_keys_of_the_wire(self):
        before = time.time() * 1_000
        event = self.emitted({"n": 1}, {"who": "Ada"})
        self.assertEqual(set(event), {"event", "measurements", "metadata", "seq", "time", "monotonic"})
        self.assertEqual((event["event"], event["measurements"], event["metadata"]), ("a.b", {"n": 1}, {"who": "Ada"}))
        self.assertTrue(before <= event["time"] <= time.time() * 1_000)
        self.assertIsInstance(event["monotonic"], int)
        self.assertEqual(event["seq"], 1)

    def test_measurements_that_are_no_numbers_are_left_out_and_counted(self):
        given = {"i": 7, "f": 0.5, "b": True, "nan": float("nan"), "inf": float("inf"), "s": "1", "none": None, 3: 4}
        self.assertEqual(self.emitted(given)["measurements"], {"i": 7, "f": 0.5, "b": 1})
        self.assertEqual(self.emitter.stats()["keys_left_out"], 5)

    def test_whole_numbers_that_javascript_cannot_hold_are_told_as_near_as_possible(self):
        event = self.emitted({"big": 2**64, "huge": 10**400, "safe": 2**53 - 1}, {"big": 2**64, "huge": 10**5_000})
        self.assertEqual(event["measurements"], {"big": float(2**64), "safe": 2**53 - 1})
        self.assertEqual(event["metadata"], {"big": str(2**64), "huge": f"<int of {(10**5_000).bit_length()} bits>"})

    def test_values_are_those_of_the_moment(self):
        given = {"list": [1], "n": 1}
        self.emitter.emit("a.b", {}, given)
        given["list"].append(2)
        given["n"] = 2
        self.assertEqual(events_of(self.emitter)[0]["metadata"], {"list": [1], "n": 1})

    def test_plain_data_of_any_shape_arrives_as_it_is(self):
        given = {"s": "é\0\n", "l": [1, [2.5, None]], "t": [True, {"x": "y"}], "d": {"a": {"b": {"c": "d"}}}}
        self.assertEqual(self.emitted({}, given)["metadata"], given)

    def test_other_values_become_their_repr_cut_short(self):
        day = datetime.date(2024, 5, 6)
        given = {"day": day, "bytes": b"x" * 10**7, "set": {1}, "many": set(range(1_000)), "liar": Liar(), "enum": Colour.RED}
        metadata = self.emitted({}, given)["metadata"]
        self.assertEqual((metadata["day"], metadata["set"], metadata["enum"]), (repr(day), "{1}", "red"))
        self.assertEqual(metadata["many"], "<set of 1000>")
        for key in ("bytes", "liar"):
            self.assertTrue(len(metadata[key].encode()) <= 256 and metadata[key].endswith("…"), metadata[key])

    def test_a_repr_that_raises_costs_only_its_value(self):
        metadata = self.emitted({}, {"bad": Raising(), "nan": float("nan"), "good": 1})["metadata"]
        self.assertEqual(metadata, {"bad": "<Raising whose repr raises>", "nan": "nan", "good": 1})

    def test_a_repr_that_emits_itself_comes_to_an_end(self):
        self.emitter.emit("a.b", {}, {"it": Emitting(self.emitter)})
        self.assertEqual(
            [(event["event"], list(event["metadata"].values())) for event in events_of(self.emitter)],
            [("nested.repr", ["<Emitting>"]), ("a.b", ["emitting"])],
        )

    def test_cycles_and_depths_end_in_a_mark(self):
        cycle = {}
        cycle["self"] = [cycle]
        deep = leaf = {}
        for _ in range(10_000):
            leaf["in"] = leaf = {}
        metadata = self.emitted({}, {"cycle": cycle, "deep": deep})["metadata"]
        self.assertEqual(metadata["cycle"], {"self": ["{…}"]})
        self.assertEqual(json.dumps(metadata["deep"]).count("in"), 5)

    def test_there_are_64_keys_at_most_and_a_mark(self):
        metadata = self.emitted({}, {f"k{i}": i for i in range(100)})["metadata"]
        self.assertEqual((len(metadata), metadata["…"]), (64, "[37 more]"))
        self.assertEqual(len(self.emitted({f"k{i}": i for i in range(100)})["measurements"]), 63)

    def test_long_lists_are_cut(self):
        items = self.emitted({}, {"list": list(range(10**6))})["metadata"]["list"]
        self.assertEqual((len(items), items[-1]), (100, f"[{10**6 - 99} more]"))

    def test_strings_have_4_kib_at_most_and_whole_characters(self):
        metadata = self.emitted({}, {"a": "a" * 4_096, "b": "b" * 4_097, "c": "€" * 4_096, "d": "x" * 10**7})["metadata"]
        self.assertEqual(metadata["a"], "a" * 4_096)
        self.assertEqual(metadata["c"], "€" * 1_364 + "…")
        for text in metadata.values():
            self.assertLessEqual(len(text.encode()), 4_096)

    def test_half_a_surrogate_pair_becomes_a_question_mark(self):
        self.assertEqual(self.emitted({}, {"s": "a\ud800b", "\udc00": 1})["metadata"], {"s": "a?b", "?": 1})

    def test_classes_that_override_everything_are_read_all_the_same(self):
        metadata = self.emitted({}, {"d": HostileDict(a=1), "o": collections.OrderedDict(b=2)})["metadata"]
        self.assertEqual(metadata, {"d": {"a": 1}, "o": {"b": 2}})

    def test_an_event_over_32_kib_is_dropped_and_leaves_a_gap(self):
        self.emitter.emit("a.b", {}, {f"k{i}": "x" * 4_000 for i in range(60)})
        self.emitter.emit("a.b", {}, {f"k{i}": "\0" * 2_000 for i in range(10)})
        self.emitter.emit("a.b")
        self.assertEqual([event["seq"] for event in events_of(self.emitter)], [3])
        stats = self.emitter.stats()
        self.assertEqual((stats["dropped"], stats["sent"], is_exact(stats)), ({"too_large": 2}, 1, True))

    def test_a_wide_tree_costs_no_more_than_an_event(self):
        tree = [1]
        for _ in range(5):
            tree = [tree] * 100
        started = time.perf_counter()
        self.emitter.emit("a.b", {}, {"tree": tree})
        self.assertLess(time.perf_counter() - started, 1)
        self.assertEqual(self.dropped(), {"too_large": 1})

    def test_what_is_no_event_is_counted_as_invalid(self):
        bad_names = ["", ".", "a..b", "a.", "a b", "a\n", "é", "x" * 257, ".".join("a" * 17), None, 7, b"a", ["a"], {}, Liar()]
        for name in bad_names:
            self.emitter.emit(name)
        for measurements in ([], "x", 7):
            self.emitter.emit("a.b", measurements)
        for metadata in ([], "x", 7):
            self.emitter.emit("a.b", {}, metadata)
        self.assertEqual(self.dropped(), {"invalid": len(bad_names) + 6})
        self.assertEqual(events_of(self.emitter), [])

    def test_emit_does_not_raise_with_hardly_any_stack_left(self):
        raised = []

        def dive():
            try:
                dive()
            except RecursionError:
                pass
            try:
                self.emitter.emit("a.b", {"x": "y"}, {"o": object()})
            except RecursionError as error:
                # Where there is not even stack for the call itself, that is the caller's.
                raised.extend(frame.name for frame in traceback.extract_tb(error.__traceback__)[1:])

        dive()
        self.assertEqual(set(raised) - {"emit"}, set())
        self.assertTrue(is_exact(self.emitter.stats()))
        events_of(self.emitter)
        self.emitter.emit("c.d")
        self.assertEqual([event["event"] for event in events_of(self.emitter)], ["c.d"])

    def test_cut_leaves_what_fits(self):
        self.assertEqual([cut("abc", 3), cut("abcd", 3), cut("€€", 6), cut("€€€", 6)], ["abc", "…", "€€", "€…"])


class Module(unittest.TestCase):
    def test_the_public_functions_share_one_stream(self):
        collector = Collector()
        telemetry.emit("early.event")
        self.assertTrue(telemetry.attach(collector))
        with telemetry.span("a.b"):
            pass
        self.assertTrue(telemetry.flush(5))
        telemetry.detach()
        self.assertEqual(collector.names(), ["early.event", "a.b.start", "a.b.stop"])
        self.assertEqual(telemetry.stats()["sent"], 3)


if __name__ == "__main__":
    unittest.main()
