import { inertSpan } from './active-span.ts'
import type { Around } from './around.ts'
import { createAttaching } from './attach.ts'
import { systemClock } from './clock.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Enricher } from './enrich.ts'
import { TelemetryError } from './errors.ts'
import { createFailures } from './failures.ts'
import { forwardingPoint } from './forwarding.ts'
import { HandlerTable } from './handler-table.ts'
import { instrument } from './instrument.ts'
import { createLifecycle, toDetach } from './lifecycle.ts'
import { dotted, isEventName, requireName, requirePattern } from './names.ts'
import { createOperations } from './operations.ts'
import { checkBusOptions } from './options.ts'
import { isMalformed, type Point } from './point.ts'
import { compileRules } from './rules.ts'
import { settleAll } from './settle-all.ts'
import type {
  AttachOptions,
  Bus,
  BusOptions,
  BusStats,
  Control,
  Detach,
  EventPoint,
  Handler,
  Measurements,
  Metadata,
  NameInput,
  Operation,
  Span,
  SpanOptions,
} from './types.ts'

/** Deadline of `flush()` and of `close()`. */
const FLUSH_LIMIT_MS = 5_000

/** Makes a bus of its own; most programs use the process-wide `telemetry`. Wrong options throw `invalid_option`. */
export function createBus(options: BusOptions = {}): Bus {
  checkBusOptions(options)
  const { name = '', clock = systemClock, onFailure = 'quarantine', strict = false } = options
  const dispatcher = new Dispatcher(clock, strict)
  const table = new HandlerTable(dispatcher)
  const lifecycle = createLifecycle()
  const failures = createFailures(table, dispatcher, lifecycle.emit, name)
  const attaching = createAttaching(table, lifecycle, onFailure)
  const spans = { dispatcher, open: 0, doubleEnded: 0 }
  const arounds: Around[] = []
  const operation = createOperations(table, spans, arounds)
  let closing: Promise<void> | undefined

  dispatcher.failures = failures
  dispatcher.emit = (event, measurements, metadata) => table.resolve(event).execute(measurements, metadata)

  function execute(event: NameInput, measurements: Measurements, metadata?: Metadata | null): void {
    if (isMalformed(measurements, metadata)) {
      dispatcher.invalid++
      return
    }
    const point = (typeof event === 'string' ? table.points[event] : undefined) ?? resolve(event)
    if (point === undefined) dispatcher.invalid++
    else if (point.enabled) point.dispatch(measurements, metadata ?? {})
    else if (point.silenced) dispatcher.filtered++
  }

  /** The point of a name that may be malformed. */
  function resolve(event: NameInput): Point | undefined {
    const eventName = dotted(event)
    return isEventName(eventName) ? table.resolve(eventName) : undefined
  }

  /** The operation of a name that may be malformed: a span must run its body all the same. */
  function operationOf(given: NameInput): Operation | undefined {
    try {
      return operation(given)
    } catch {
      dispatcher.invalid++
      return undefined
    }
  }

  function control(change: Partial<Control>): Control {
    if (typeof change !== 'object' || change === null || Array.isArray(change)) {
      throw new TelemetryError('invalid_control', `control: rules must be an object, got ${typeof change}`)
    }
    const rules = compileRules(change, table.rules.control)
    table.setRules(rules)
    dispatcher.emit('telemetry.control.changed', {}, { source: 'local', rules: rules.control })
    return rules.control
  }

  /** Adds to a list of hooks; the returned `Detach` takes out this very entry. */
  function addHook<T>(hooks: T[], hook: T): Detach {
    hooks.push(hook)
    table.refreshRules()
    let installed = true
    return toDetach(() => {
      if (!installed) return false
      installed = false
      hooks.splice(hooks.lastIndexOf(hook), 1)
      table.refreshRules()
      return true
    })
  }

  function flush(): Promise<void> {
    const handlers = [...table.all()].filter(({ options: own }) => own?.flush !== undefined)
    return settleAll(
      clock,
      FLUSH_LIMIT_MS,
      handlers.map(
        ({ options: own }) =>
          () =>
            own?.flush?.(),
      ),
    )
  }

  async function close(): Promise<void> {
    const handlers = [...table.all()].map(({ options: own }) => own)
    await settleAll(clock, FLUSH_LIMIT_MS, [
      async () => {
        await flush()
        await Promise.allSettled(handlers.map(async (own) => own?.close?.()))
      },
    ])
    for (const attachment of [...table.all()]) attaching.detach(attachment)
    table.close()
  }

  function stats(): BusStats {
    table.foldAll()
    const { executed, dispatched, invalid, dropped, sampledOut, filtered, enrichFailed } = dispatcher
    return {
      executed,
      dispatched,
      invalid,
      dropped,
      sampledOut,
      filtered,
      failures: failures.count(),
      handlers: table.handlerCount,
      quarantined: [...table.all()].filter(({ state }) => state !== 'active').length,
      names: table.nameCount,
      openSpans: spans.open,
      doubleEnded: spans.doubleEnded,
      enrichFailed,
    }
  }

  const untyped = {
    execute,
    attach: (id: string, pattern: NameInput, handler: Handler, config: unknown, own?: AttachOptions) =>
      attaching.attach({ id, patterns: [pattern], handler, config, options: own }),
    attachMany: (id: string, patterns: readonly NameInput[], handler: Handler, config: unknown, own?: AttachOptions) =>
      attaching.attach({ id, patterns, handler, config, options: own }),
    detach(id: string): boolean {
      const attachment = table.find(id)
      return attachment !== undefined && attaching.detach(attachment)
    },
    listHandlers: (prefix?: NameInput) => table.list(isAll(prefix) ? undefined : requirePattern(prefix)),
    event(eventName: NameInput): EventPoint {
      const valid = requireName(eventName)
      return table.hold(valid) ?? forwardingPoint(valid, table)
    },
    operation,
    span: <T>(operationName: NameInput, metadata: Metadata | undefined, body: (span: Span) => T): T => {
      const known = operationOf(operationName)
      return known === undefined ? body(inertSpan) : known.span(metadata, body)
    },
    startSpan: (operationName: NameInput, metadata?: Metadata, spanOptions?: SpanOptions): Span =>
      operationOf(operationName)?.start(metadata, spanOptions) ?? inertSpan,
    instrument: <F extends () => unknown>(operationName: NameInput, fn: F, metadata?: () => Metadata) =>
      instrument(operation(operationName), fn, metadata),
    enrich: (give: Enricher['give'], { fresh = false }: { fresh?: boolean } = {}) =>
      addHook(dispatcher.enrichers, { give: requireHook(give, 'enrich'), fresh }),
    around: (hook: Around) => addHook(arounds, requireHook(hook, 'around')),
    control,
    lifecycle: { on: lifecycle.on },
    stats,
    flush,
    close: () => (closing ??= close()),
    clock,
  } satisfies Record<keyof Bus, unknown>
  // The cast: the generics of `Bus` check the payloads of callers; inside, a payload is whatever it is.
  return untyped as unknown as Bus
}

function requireHook<F>(hook: F, part: string): F {
  if (typeof hook === 'function') return hook
  throw new TelemetryError('invalid_handler', `${part}: the hook must be a function, got ${typeof hook}`)
}

function isAll(prefix: NameInput | undefined): prefix is undefined {
  return prefix === undefined || prefix.length === 0
}
