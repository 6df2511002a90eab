import type { Actor, Signal } from '../../src/actor/actor.ts'
import type { ActorSystem } from '../../src/actor/actor-system.ts'
import { formatReason } from '../../src/actor/exit-reason.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'

/** Timers of a system that does nothing: what it tells of memory. */
export const OWN_TIMERS = 1

export interface ActorSetup {
  readonly bus: Bus
  readonly clock: ManualClock
  readonly system: ActorSystem
  /** What recorders got. */
  readonly log: unknown[]
  /** An actor that writes down what it gets: messages as they are, signals as `exit <0.1.0> reason`. */
  recorder(more?: Partial<Actor>): Actor
}

/** A system on a clock that stands still. */
export function setupActors(): ActorSetup {
  const clock = manualClock()
  const bus = createBus({ clock })
  setMode(bus)
  const log: unknown[] = []
  return {
    bus,
    clock,
    system: createActorSystem({ bus }),
    log,
    recorder: (more = {}) => ({
      receive: (message) => void log.push(message),
      signal: (signal: Signal) => {
        const who = signal.type === 'exit' ? signal.from : signal.pid
        log.push(`${signal.type} ${who} ${formatReason(signal.reason)}`)
      },
      ...more,
    }),
  }
}

/** As `SONDE_ACTOR_TELEMETRY` says, for `telemetry-modes.test.ts`: everything is listened to, or nothing is emitted. */
function setMode(bus: Bus): void {
  const mode = process.env.SONDE_ACTOR_TELEMETRY
  if (mode === 'off') bus.control({ enabled: false })
  if (mode === 'on') bus.attach('all', '**', () => {})
}

/** A promise that is resolved by hand. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Lets the run queue have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
