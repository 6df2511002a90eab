/**
 * JSON, with what it cannot say in an object of one key: `{"$": ["bytes", "aGk="]}`. An object that has that key itself is
 * `{"$": ["object", …]}`. Python's side of it is `sonde_worker/values.py`.
 *
 * | here | on the wire | in Python |
 * |---|---|---|
 * | `null`, `undefined` for the whole value | `null` | `None` |
 * | boolean, string | itself | `bool`, `str` |
 * | number, a safe integer | itself | `int` |
 * | number with a fraction | itself | `float` |
 * | `NaN`, `±Infinity`, `-0`, integers beyond 2^53 | `["float", "nan"]` | `float` |
 * | bigint | `["int", "…"]` | `int`; beyond 2^53 it is a bigint here, a number otherwise |
 * | array; plain object | itself; a property that is undefined is left out | `list` (a `tuple` too); `dict` with keys of text |
 * | `Uint8Array` | `["bytes", base64]` | `bytes` |
 * | `Date` | `["datetime", ISO 8601]` | `datetime` with a time zone, of whole milliseconds |
 * | `Set` | `["set", […]]` | `set`, `frozenset` |
 *
 * Everything else is refused with a `WireError`.
 */
export const TAG = '$'

/** Levels of arrays and objects. */
export const MAX_DEPTH = 100

/** Digits of an integer: Python refuses longer ones too (CVE-2020-10735). */
export const MAX_DIGITS = 4_300

/** How somebody else's kind of value crosses, such as a pid. */
export interface ValueKind {
  readonly tag: string
  /** Undefined for what is not of this kind; else what JSON can say of it. */
  encode(value: object): unknown
  /** Throws for what `encode` cannot have given. */
  decode(content: unknown): unknown
}
