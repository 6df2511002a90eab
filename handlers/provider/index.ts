import { type Bus, type Measurements, type Metadata, TelemetryError } from 'sonde'

/** Callbacks about actors, all of them optional: joerl's `TelemetryProvider`. Pids are texts such as `<0.1.0>`. */
export interface ActorProvider {
  onActorSpawned?(type: string, pid: string): void
  onActorStopped?(type: string, pid: string, reason: 'normal' | 'shutdown' | 'killed' | 'panic' | 'custom'): void
  /** `error`: what was thrown, which may be anything. */
  onActorPanicked?(type: string, pid: string, error: unknown): void
  /** `from` is undefined when it was no actor. */
  onMessageSent?(from: string | undefined, to: string): void
  /** When a message is taken to be handled. */
  onMessageReceived?(pid: string): void
  /** `child`: the id of the child that is started again. */
  onSupervisorRestart?(child: string, strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one'): void
}

export interface ProviderOptions {
  readonly provider: ActorProvider
  /** Handler id, when there are several on one bus. Default `provider`. */
  readonly id?: string
}

export interface ProviderAttachment {
  /** Calls nothing more. Safe to repeat. */
  detach(): void
  /** Resolves at once: each callback is called when the event comes. */
  flush(): Promise<void>
}

type Callback = keyof ActorProvider
type Call = (provider: ActorProvider, metadata: Metadata) => void

/** The event of each callback, and what it is given of it. */
const CALLS: Readonly<Record<Callback, { readonly event: string; readonly call: Call }>> = {
  onActorSpawned: {
    event: 'actor.spawned',
    call: (provider, { type, pid }) => provider.onActorSpawned?.(text(type), text(pid)),
  },
  onActorStopped: {
    event: 'actor.stopped',
    call: (provider, { type, pid, reason }) => provider.onActorStopped?.(text(type), text(pid), oneOf(REASONS, reason)),
  },
  onActorPanicked: {
    event: 'actor.panicked',
    call: (provider, { type, pid, error }) => provider.onActorPanicked?.(text(type), text(pid), error),
  },
  onMessageSent: {
    event: 'actor.message.sent',
    call: (provider, { from, to }) => provider.onMessageSent?.(from === undefined ? undefined : text(from), text(to)),
  },
  onMessageReceived: {
    event: 'actor.message.dequeued',
    call: (provider, { pid }) => provider.onMessageReceived?.(text(pid)),
  },
  onSupervisorRestart: {
    event: 'actor.supervisor.restart.start',
    call: (provider, { child, strategy }) => provider.onSupervisorRestart?.(text(child), oneOf(STRATEGIES, strategy)),
  },
}

const REASONS = ['custom', 'normal', 'shutdown', 'killed', 'panic'] as const
const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one'] as const
const CALLBACKS: readonly string[] = Object.keys(CALLS)

/**
 * Calls the methods of `provider` for what happens to actors, within the event. Only what it has methods for is listened to: messages that nobody asks for
 * cost nothing. A method that throws is treated as every handler that fails. Throws `invalid_option`.
 */
export function attachProvider(bus: Bus, options: ProviderOptions): ProviderAttachment {
  const { provider, id = 'provider' } = checkOptions(options)
  const byEvent = new Map(
    Object.entries(CALLS).flatMap(([name, { event, call }]) => (name in provider ? [[event, call] as const] : [])),
  )
  const detach = bus.attachMany(id, [...byEvent.keys()], onEvent)

  function onEvent(event: string, _measurements: Measurements, metadata: Metadata): void {
    const plain = copyOf(metadata)
    if (plain !== undefined) byEvent.get(event)?.(provider, plain)
  }

  return { detach: () => void detach(), flush: async () => {} }
}

function checkOptions(options: ProviderOptions): ProviderOptions {
  if (typeof options !== 'object' || options === null) throw invalid("needs a 'provider', an object of callbacks")
  const { provider } = options
  if (typeof provider !== 'object' || provider === null) throw invalid("needs a 'provider', an object of callbacks")
  const names = CALLBACKS.filter((name) => name in provider)
  if (names.length === 0) throw invalid(`'provider' must have at least one of ${CALLBACKS.join(', ')}`)
  const wrong = names.find((name) => typeof Reflect.get(provider, name) !== 'function')
  if (wrong !== undefined) throw invalid(`'${wrong}' of 'provider' must be a function`)
  return options
}

/** Undefined for what cannot be read: no actor has emitted it. */
function copyOf(metadata: Metadata): Metadata | undefined {
  try {
    return { ...metadata }
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Events may be emitted by hand too; what is unknown is the first of them. */
function oneOf<T extends string>([first, ...others]: readonly [T, ...T[]], value: unknown): T {
  return others.find((one) => one === value) ?? first
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `provider: ${problem}`)
}
