import math
import unittest

from collector import events_of, is_exact
from sonde_worker.telemetry.emitter import Emitter
from sonde_worker.telemetry.names import compile_pattern
from sonde_worker.telemetry.rules import MAX_NAMES, draw_weight
from sonde_worker.telemetry.spans import Span

OPEN = {"enabled": True, "sampling": [], "allow": [], "deny": []}


def sampling(pattern, rate):
    return {"sampling": [{"pattern": pattern, "rate": rate}]}


class Rules(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def passing(self, names, rules):
        self.emitter.apply(rules)
        for name in names:
            self.emitter.emit(name)
        return [event["event"] for event in events_of(self.emitter)]

    def test_patterns_mean_what_they_mean_to_the_host(self):
        cases = [
            ("a.b", ["a.b"], ["a", "a.b.c", "a.bc", "axb"]),
            ("a.*", ["a.b", "a.c"], ["a", "a.b.c"]),
            ("*.b", ["a.b"], ["b", "a.a.b"]),
            ("a.**", ["a.b", "a.b.c"], ["a", "b.a"]),
            ("**", ["a", "a.b.c"], []),
            ("a.*.**", ["a.b.c", "a.b.c.d"], ["a.b"]),
        ]
        for pattern, matching, others in cases:
            matches = compile_pattern(pattern)
            self.assertTrue(all(map(matches, matching)), pattern)
            self.assertFalse(any(map(matches, others)), pattern)

    def test_deny_wins_over_allow(self):
        rules = {"allow": ["a.**"], "deny": ["a.secret"]}
        self.assertEqual(self.passing(["a.b", "a.secret", "b.c"], rules), ["a.b"])
        self.assertEqual(self.emitter.stats()["dropped"], {"filtered": 2})

    def test_disabled_silences_all_but_telemetry_itself(self):
        names = ["a.b", "a.exception", "telemetry.x"]
        self.assertEqual(self.passing(names, {"enabled": False}), ["telemetry.x"])
        self.assertEqual(self.emitter.stats()["dropped"], {"disabled": 2})
        self.assertEqual(self.passing(["telemetry.x", "a.b"], {"deny": ["telemetry.**"]}), ["a.b"])

    def test_rules_are_replaced_as_a_whole(self):
        self.emitter.apply({"deny": ["a.**"]})
        self.assertEqual(self.emitter.apply({"allow": ["b"]}), {**OPEN, "allow": ["b"]})
        self.assertEqual(self.emitter.apply({}), OPEN)

    def test_what_is_refused_takes_no_number(self):
        self.passing(["a.b", "b.c"], {"deny": ["a.**"]})
        self.emitter.emit("b.c")
        self.assertEqual(events_of(self.emitter)[0]["seq"], 2)

    def test_rates_are_clamped(self):
        for given, effective in ((-1, 0), (2, 1), (math.inf, 1), (-math.inf, 0), (0.25, 0.25), (10**400, 1)):
            self.assertEqual(self.emitter.apply(sampling("a", given))["sampling"], [{"pattern": "a", "rate": effective}])

    def test_wrong_rules_change_nothing(self):
        before = self.emitter.apply({"deny": ["secret.**"]})
        wrong = [
            *(None, [], "x", 7, {"enabled": 1}, {"enabled": None}, {"allow": "a"}, {"allow": [7]}, {"deny": [None]}),
            *({"deny": ["a..b"]}, {"deny": ["**.a"]}, {"deny": ["a" * 129]}, {"allow": ["a\n"]}, {"allow": ["a"] * 65}),
            *(sampling("a", rate) for rate in (math.nan, "1", None, True, [], {})),
            *({"sampling": [rule]} for rule in (None, [], {}, {"pattern": "a"}, {"rate": 1}, {"pattern": 1, "rate": 1})),
            {"sampling": [{"pattern": "a", "rate": 1}] * 65},
        ]
        for rules in wrong:
            self.assertEqual(self.emitter.apply(rules), before, rules)

    def test_the_longest_rules_are_matched_in_time_linear_in_the_name(self):
        self.emitter.apply({"deny": [("*." * 14 + f"x{i}.**") for i in range(64)]})
        for i in range(500):
            self.emitter.emit(".".join(["a"] * 15) + f".b{i}")
        self.assertEqual(self.emitter.stats()["waiting"], 500)

    def test_verdicts_of_a_million_names_do_not_pile_up(self):
        rules = self.emitter._rules
        for i in range(3 * MAX_NAMES):
            self.emitter.emit(f"made.up.{i}")
        self.assertLessEqual(len(rules.known), MAX_NAMES)
        self.assertTrue(is_exact(self.emitter.stats()))


class Sampling(unittest.TestCase):
    def setUp(self):
        self.emitter = Emitter()

    def test_weights_are_whole_and_their_mean_is_one(self):
        n = 100_000
        for rate in (0.5, 0.3, 0.1, 0.01):
            weights = [draw_weight(rate) for _ in range(n)]
            self.assertLessEqual(set(weights), {0, math.floor(1 / rate), math.ceil(1 / rate)})
            kept = sum(1 for weight in weights if weight)
            self.assertLessEqual(abs(kept - rate * n) / math.sqrt(n * rate * (1 - rate)), 4, rate)
            # E[w²] is between floor and ceil of 1/rate.
            self.assertLessEqual(abs(sum(weights) - n) / math.sqrt(n * (math.ceil(1 / rate) - 1)), 4, rate)

    def test_a_rate_that_changes_leaves_the_weighted_count_unbiased(self):
        n, estimate, variance = 20_000, 0, 0
        for rate in (1, 0.1, 0.01, 1):
            self.emitter.apply(sampling("a.**", rate))
            variance += n * (1 / rate - 1)
            for i in range(0, n, 500):
                for _ in range(500):
                    self.emitter.emit("a.b")
                for event in events_of(self.emitter):
                    estimate += event["measurements"].get("sample_weight", 1)
        self.assertLessEqual(abs(estimate - 4 * n) / math.sqrt(variance), 4)
        stats = self.emitter.stats()
        self.assertEqual((stats["received"], stats["dropped"], is_exact(stats)), (4 * n, {}, True))

    def test_the_first_rule_that_matches_wins(self):
        self.emitter.apply({"sampling": [{"pattern": "a.b", "rate": 1}, {"pattern": "**", "rate": 0}]})
        for _ in range(100):
            self.emitter.emit("a.b")
            self.emitter.emit("a.c")
        self.assertEqual({event["event"] for event in events_of(self.emitter)}, {"a.b"})
        self.assertEqual(self.emitter.stats()["sampled_out"], 100)

    def test_failures_are_never_sampled_and_have_no_weight(self):
        self.emitter.apply(sampling("**", 0))
        names = ["a.exception", "a.failure", "a.failed", "a.panicked", "failed", "python.error.occurred", "telemetry.x"]
        for name in [*names, "a.unfailed", "a.exception.b"]:
            self.emitter.emit(name)
        events = events_of(self.emitter)
        self.assertEqual([event["event"] for event in events], names)
        self.assertTrue(all(event["measurements"] == {} for event in events))

    def test_a_weight_that_is_there_is_multiplied(self):
        self.emitter.apply(sampling("a", 0.5))
        for _ in range(200):
            self.emitter.emit("a", {"sample_weight": 3})
        self.assertEqual({event["measurements"]["sample_weight"] for event in events_of(self.emitter)}, {6})

    def test_a_span_is_decided_once_and_its_exception_always_passes(self):
        self.emitter.apply(sampling("**", 0.25))
        for i in range(300):
            try:
                with Span(self.emitter, "a.b"):
                    if i % 3 == 0:
                        raise ValueError("no")
            except ValueError:
                pass
        kinds = {}
        for event in events_of(self.emitter):
            kinds.setdefault(event["metadata"]["span_id"], {})[event["event"]] = event["measurements"].get("sample_weight")
        shapes = {tuple(sorted(span.items(), key=str)) for span in kinds.values()}
        started, stopped, raised = ("a.b.start", 4), ("a.b.stop", 4), ("a.b.exception", None)
        self.assertEqual(shapes, {(started, stopped), (raised, started), (raised,)})
        self.assertEqual(sum(1 for span in kinds.values() if "a.b.exception" in span), 100)


if __name__ == "__main__":
    unittest.main()
