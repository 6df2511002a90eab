import { TelemetryError } from '../core/errors.ts'
import type { SamplingRule } from '../core/types.ts'

/** Percent of the events that are kept, 0 to 100, as joerl has them. Default 100. */
export interface ActorSampling {
  /** Messages: sent and handled. */
  readonly message_sampling_rate?: number
  /** How long messages have waited. */
  readonly queue_wait_sampling_rate?: number
  /** Signals that are sent, received and ignored. */
  readonly signal_sampling_rate?: number
}

const EVENTS: { readonly [rate in keyof Required<ActorSampling>]: readonly string[] } = {
  message_sampling_rate: ['actor.message.sent', 'actor.message.send.start', 'actor.message.handle.start'],
  queue_wait_sampling_rate: ['actor.message.dequeued'],
  signal_sampling_rate: ['actor.signal.sent', 'actor.signal.received', 'actor.signal.ignored'],
}

/**
 * Rules for `bus.control({ sampling: actorSampling({ message_sampling_rate: 10 }) })`. Each event is drawn by itself, and what is kept carries a weight, so that
 * counters stay right. Life cycle, failures, time-outs and exit signals by reason are always kept. Throws `invalid_option`.
 */
export function actorSampling(rates: ActorSampling): readonly SamplingRule[] {
  return Object.entries(rates).flatMap(([name, percent]: readonly [string, unknown]) => {
    if (!isRate(name)) throw invalid(`'${name}' is no rate; there are ${Object.keys(EVENTS).join(', ')}`)
    if (percent === undefined) return []
    if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100))
      throw invalid(`'${name}' must be from 0 to 100, in percent`)
    return EVENTS[name].map((pattern) => ({ pattern, rate: percent / 100 }))
  })
}

function isRate(name: string): name is keyof ActorSampling {
  return Object.hasOwn(EVENTS, name)
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `actor: sampling: ${problem}`)
}
