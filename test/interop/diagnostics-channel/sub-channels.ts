import { channel } from 'node:diagnostics_channel'

const PHASES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** The sub-channels of a TracingChannel that somebody is subscribed to. */
export function subscribed(name: string): string[] {
  return PHASES.filter((phase) => channel(`tracing:${name}:${phase}`).hasSubscribers)
}

/** Publishes a message on a sub-channel, as any code of the process can. */
export function publish(name: string, phase: (typeof PHASES)[number], message: unknown): void {
  channel(`tracing:${name}:${phase}`).publish(message)
}
