import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { decodeValue } from '../../src/wire/decode-value.ts'
import { encodeValue } from '../../src/wire/encode-value.ts'
import { suite } from '../harness/suite.ts'
import { values } from '../wire/values.ts'
import { runPython } from './run-python.ts'

const test = suite('bridge/python-values', { limitMs: 120_000 })

/** 100,000 are run by hand. */
const VALUES = Number(process.env.SONDE_VALUES ?? 5_000)
const seed = Number(process.env.SONDE_SEED ?? Date.now() % 2 ** 31)

const ECHO = `
import sys
from sonde_worker import values
for line in sys.stdin:
    print(values.encode(values.decode(line)))`

/** Values of Python by chance, one a line; with what came back on stdin they are compared. */
const GENERATE = `
import datetime, math, random, sys
from sonde_worker import values

def value(rng, depth):
    kind = rng.randrange(13 if depth > 0 else 10)
    if kind == 0: return rng.choice([None, True, False, 0.0, -0.0, float("nan"), float("inf"), float("-inf")])
    if kind == 1: return rng.randrange(-10**6, 10**6)
    if kind == 2: return rng.choice([-1, 1]) * rng.getrandbits(rng.randrange(1, 400))
    if kind == 3: return rng.uniform(-1e3, 1e3) * 10.0 ** rng.randrange(-300, 300)
    if kind == 4: return float(rng.getrandbits(60))
    if kind == 5: return "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0x110000)])) for _ in range(rng.randrange(6)))
    if kind == 6: return rng.getrandbits(8 * 9).to_bytes(9, "big")
    if kind == 7:
        zone = datetime.timezone(datetime.timedelta(minutes=rng.randrange(-700, 700)))
        return datetime.datetime(rng.randrange(2, 9999), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(24), 5, 6, 1000 * rng.randrange(1000), zone)
    if kind == 8: return {rng.randrange(100) for _ in range(3)}
    if kind == 9: return rng.choice(["", "$", "__proto"])
    if kind == 10: return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(["$", "a", "b", "constructor", "ü"]): value(rng, depth - 1) for _ in range(rng.randrange(4))}

def same(a, b):
    if isinstance(a, list): return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict): return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, float) and a != a: return b != b
    if isinstance(a, float) and a == 0: return b == 0 and math.copysign(1, a) == math.copysign(1, b)
    return a == b and isinstance(a, bool) == isinstance(b, bool)

rng = random.Random(int(sys.argv[1]))
made = [value(rng, 4) for _ in range(int(sys.argv[2]))]
if len(sys.argv) == 3:
    for one in made: print(values.encode(one))
else:
    for one, line in zip(made, sys.stdin):
        back = values.decode(line)
        if not same(one, back): print(repr(one)[:500], repr(back)[:500])`

test('what TypeScript sends comes back from Python as it was', () => {
  const sent = fc.sample(values, { numRuns: VALUES, seed })
  const { stdout, stderr } = runPython(['-c', ECHO], `${sent.map((value) => encodeValue(value)).join('\n')}\n`)
  assert.is(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  assert.is(lines.length, sent.length)
  for (const [i, value] of sent.entries())
    assert.ok(isDeepStrictEqual(decodeValue(lines[i] ?? ''), value), `seed ${seed}: ${encodeValue(value)} ${lines[i]}`)
})

test('what Python sends comes back from TypeScript as it was', () => {
  const args = ['-c', GENERATE, String(seed), String(VALUES)]
  const sent = runPython(args)
  assert.is(sent.stderr, '')
  const lines = sent.stdout.trimEnd().split('\n')
  assert.is(lines.length, VALUES)
  const back = lines.map((line) => encodeValue(decodeValue(line)))
  const { stdout, stderr } = runPython([...args, 'compare'], `${back.join('\n')}\n`)
  assert.equal([stdout, stderr], ['', ''], `seed ${seed}`)
})

test.run()
