import { AssertionError } from 'node:assert'
import { createBus } from '../core/bus.ts'
import type { Bus, HandlerInfo } from '../core/types.ts'
import type { CapturedEvent } from './capture-events.ts'
import { findText } from './find-text.ts'
import { hostilePayloads } from './hostile.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { settle, settleWithin } from './settle.ts'

/** What an attach function returns: see the handler contract in `handlers/README.md`. */
export interface TestedAttachment {
  detach(): void
  flush(): Promise<void>
}

/** What the handler is tested with. */
export interface TestHandlerOptions<Options> {
  /** Good options; a function is called for each attachment, so that sockets and files can be new ones. */
  readonly options: Options | (() => Options)
  /** Events to throw at the handler. Default: those it attaches to, with `*` and `**` filled in. */
  readonly events?: readonly string[]
  /** Wrong options: attaching with each must throw an error with a `code`. */
  readonly invalid?: readonly unknown[]
  /** Strings in the options, good or wrong, that must appear in no error, event or handler row. */
  readonly secrets?: readonly string[]
}

/** Simulated time that passes after the hostile events, so that timers meet them too. */
const AFTERMATH_MS = 120_000

/** Steps of simulated time a flush may take, in milliseconds and number: ten minutes. */
const FLUSH_STEP_MS = 1_000
const FLUSH_STEPS = 600

/**
 * The conformance test of handlers: attaches `attach` to a bus of its own on a manual clock and rejects with an
 * AssertionError that says which rule is broken. Needs no test framework.
 *
 * ```ts
 * test('behaves as a handler must', () => testHandler(attachSlack, { options, invalid: [{}], secrets: [token] }))
 * ```
 *
 * The rules: it appears in `listHandlers()`; no hostile payload (missing, wrong and circular values, 1 MB strings, throwing
 * getters, proxies) makes it throw or reject; `flush()` resolves; `detach()` removes every row and timer; both can be
 * repeated; afterwards it can be attached again; wrong options throw a coded error and leave nothing; secrets stay secret.
 */
export async function testHandler<Options>(
  attach: (bus: Bus, options: Options) => TestedAttachment,
  { options, events, invalid = [], secrets = [] }: TestHandlerOptions<Options>,
): Promise<void> {
  const make = () => (isFactory(options) ? options() : options)
  const bench = createBench(secrets)
  for (const [index, wrong] of invalid.entries()) {
    // The cast: what is wrong with them may be their type.
    checkRefusal(bench, () => attach(bench.bus, wrong as Options), `invalid[${index}]`)
  }
  const attachment = bench.guard('attach', () => attach(bench.bus, make()))
  checkShape(attachment)
  const rows = bench.rows()
  check(rows.length > 0, 'it does not appear in listHandlers()')
  bench.checkSecrets(rows, 'a row of listHandlers()')

  await throwHostile(bench, events ?? rows.map(({ event }) => event))
  await checkFlush(bench, attachment, 'flush()')
  await checkFlush(bench, attachment, 'a second flush()')
  await checkDetach(bench, attachment)

  const again = bench.guard('attaching again after detach()', () => attach(bench.bus, make()))
  check(bench.rows().length === rows.length, 'attached again it has other rows in listHandlers()')
  await checkDetach(bench, again)
  bench.checkSecrets(bench.seen, 'an event')
}

function isFactory<Options>(options: Options | (() => Options)): options is () => Options {
  return typeof options === 'function'
}

interface Bench {
  readonly bus: Bus
  readonly clock: ManualClock
  /** Every event of the library and of the handler itself, hostile ones left out. */
  readonly seen: CapturedEvent[]
  /** Rows of the handler under test. */
  rows(): HandlerInfo[]
  /** Runs a step that must not throw. */
  guard<T>(step: string, run: () => T): T
  checkSecrets(value: unknown, where: string): void
}

function createBench(secrets: readonly string[]): Bench {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock, name: 'testHandler' })
  const seen: CapturedEvent[] = []
  const own = 'sonde.testHandler'
  bus.attach(own, '**', (event, measurements, metadata) => void seen.push({ event, measurements, metadata }))
  return {
    bus,
    clock,
    seen,
    rows: () => bus.listHandlers().filter(({ id }) => id !== own),
    guard(step, run) {
      try {
        return run()
      } catch (error) {
        throw broken(`${step} threw: ${describe(error)}`, error)
      }
    },
    checkSecrets(value, where) {
      const found = secrets.findIndex((secret) => findText(value, secret))
      check(found === -1, `secrets[${found}] appears in ${where}`)
    },
  }
}

function checkRefusal(bench: Bench, attach: () => TestedAttachment, which: string): void {
  let refusal: unknown
  try {
    attach().detach()
  } catch (error) {
    refusal = error
  }
  check(refusal !== undefined, `${which} are wrong options, but attaching with them did not throw`)
  const isCoded = refusal instanceof Error && 'code' in refusal && typeof refusal.code === 'string'
  check(isCoded, `${which} threw an error without a code: ${describe(refusal)}`, refusal)
  bench.checkSecrets(refusal, `the error for ${which}`)
  checkNothingLeft(bench, `the refusal of ${which}`)
}

function checkShape(attachment: Partial<TestedAttachment> | undefined): void {
  for (const method of ['detach', 'flush'] as const) {
    check(typeof attachment?.[method] === 'function', `the attachment has no ${method}()`)
  }
}

async function throwHostile(bench: Bench, patterns: readonly string[]): Promise<void> {
  const { bus, clock, seen } = bench
  const names = new Set(patterns.map((pattern) => pattern.replaceAll('**', 'hostile').replaceAll('*', 'hostile')))
  for (const event of names) {
    for (const { name, measurements, metadata } of hostilePayloads()) {
      const before = seen.length
      bench.guard(`'${event}' with ${name}`, () => bus.execute(event.split('.'), measurements, metadata))
      // What the bench itself has sent is no evidence, and 1 MB strings are slow to search.
      const sent = seen.findIndex((captured, index) => index >= before && captured.metadata === metadata)
      if (sent !== -1) seen.splice(sent, 1)
      await settle()
      check(bus.stats().failures === 0, `it failed on '${event}' with ${name}: ${failureOf(seen)}`)
    }
  }
  bench.guard(`a timer in the ${AFTERMATH_MS / 1_000} s after hostile events`, () => clock.advance(AFTERMATH_MS))
  await settle()
  check(bus.stats().failures === 0, `it failed in the time after hostile events: ${failureOf(seen)}`)
}

function failureOf(seen: readonly CapturedEvent[]): string {
  const failure = seen.findLast(({ event }) => event === 'telemetry.handler.failure')
  return failure === undefined ? 'no reason known' : describe(failure.metadata['reason'])
}

async function checkFlush({ clock }: Bench, attachment: TestedAttachment, step: string): Promise<void> {
  const flushed = settleWithin(
    () => attachment.flush(),
    FLUSH_STEPS,
    () => clock.advance(FLUSH_STEP_MS),
  )
  const outcome = await flushed
  if (outcome === 'pending')
    throw broken(`${step} did not resolve within ${(FLUSH_STEPS * FLUSH_STEP_MS) / 60_000} min`)
  if (outcome !== 'resolved') throw broken(`${step} rejected: ${describe(outcome.error)}`, outcome.error)
}

async function checkDetach(bench: Bench, attachment: TestedAttachment): Promise<void> {
  bench.guard('detach()', () => attachment.detach())
  checkNothingLeft(bench, 'detach()')
  bench.guard('a second detach()', () => attachment.detach())
  await settle()
  // What was under way may end now, and must not begin anew.
  checkNothingLeft(bench, 'detach(), some turns of the event loop later,')
  await checkFlush(bench, attachment, 'flush() after detach()')
}

function checkNothingLeft({ clock, rows }: Bench, step: string): void {
  const left = rows().map(({ id, event }) => `${id} on ${event}`)
  check(left.length === 0, `${step} left rows in listHandlers(): ${left.join(', ')}`)
  check(clock.pending === 0, `${step} left ${clock.pending} timers on the clock`)
}

function check(holds: boolean, problem: string, cause?: unknown): void {
  if (!holds) throw broken(problem, cause)
}

function broken(problem: string, cause?: unknown): AssertionError {
  const error = new AssertionError({ message: `testHandler: ${problem}`, stackStartFn: testHandler })
  return cause === undefined ? error : Object.assign(error, { cause })
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `a thrown ${typeof error}`
}
