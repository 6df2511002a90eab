import datetime
import decimal
import enum
import unittest
import uuid

from sonde_worker import values
from sonde_worker.values import WireError


class Colour(enum.IntEnum):
    RED = 1


class Name(str):
    pass


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.timezone.utc)


class ValuesTest(unittest.TestCase):
    def refused(self, value, problem):
        with self.assertRaises(WireError) as caught:
            values.encode(value)
        self.assertIn(problem, str(caught.exception))

    def test_what_json_cannot_say_has_a_tag(self):
        self.assertEqual(values.encode(b"hi"), '{"$":["bytes","aGk="]}')
        self.assertEqual(values.encode(2**53), '{"$":["int","9007199254740992"]}')
        self.assertEqual(values.encode(float("nan")), '{"$":["float","nan"]}')
        self.assertEqual(values.encode(utc(2026, 1, 2, 3, 4, 5, 6000)), '{"$":["datetime","2026-01-02T03:04:05.006Z"]}')
        self.assertEqual(values.encode((1, "x", None, True)), '[1,"x",null,true]')

    def test_an_object_that_looks_like_a_tag_is_that_object(self):
        for value in ({"$": ["int", "5"]}, {"$": 1, "more": {"$": []}}):
            self.assertEqual(values.decode(values.encode(value)), value)

    def test_what_a_class_adds_would_be_lost(self):
        for value in (Colour.RED, Name("x"), decimal.Decimal("1.1"), uuid.UUID(int=1), object(), bytearray(b"x"), 1j):
            self.refused(value, "cannot be sent to another process")

    def test_it_says_where(self):
        self.refused({"items": [1, {"price": decimal.Decimal(1)}]}, "at .items[1].price is a decimal.Decimal")
        self.refused({1: 2}, "has a key that is no text but a int")
        self.refused({"__proto__": 1}, "'__proto__'")

    def test_times_cross_whole_or_not_at_all(self):
        self.refused(datetime.datetime(2026, 1, 1), "without a time zone")
        self.refused(utc(2026, 1, 1, 0, 0, 0, 1), "microseconds")
        late = datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))
        self.refused(late, "none in UTC")

    def test_it_ends_whatever_it_is_given(self):
        cyclic = []
        cyclic.append(cyclic)
        self.refused(cyclic, "part of itself")
        self.refused(10**5_000, "more than 4300 digits")
        self.refused(1 << 10_000_000, "more than 4300 digits")
        self.assertEqual(values.decode(values.encode(-(10**4_299))), -(10**4_299))
        for text in ("[" * 100_000, "[" * 400 + "]" * 400, "9" * 5_000 + "x"):
            with self.assertRaises(WireError):
                values.decode(text)

    def test_what_nobody_has_encoded_is_refused(self):
        for text in (
            "",
            "NaN",
            "[Infinity]",
            '{"$": 5}',
            '{"$": ["int", "5"], "more": 1}',
            '{"$": ["int", "0x10"]}',
            '{"$": ["float", "1e"]}',
            '{"$": ["bytes", "!"]}',
            '{"$": ["datetime", "2026-13-01T00:00:00.000Z"]}',
            '{"$": ["set", [[]]]}',
            '{"$": ["eval", "x"]}',
            '{"$": [[], 1]}',
            '{"__proto__": 1}',
        ):
            with self.assertRaises(WireError, msg=text):
                values.decode(text)


if __name__ == "__main__":
    unittest.main()
