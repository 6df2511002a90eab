import type { Clock } from '../core/types.ts'

/** Silences in a row after which somebody counts as dead. */
const MAX_MISSED = 3

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly intervalMs: number
  ping(): void
  on(what: 'sent' | 'missed' | 'failed', missed: number): void
  /** `roundTrip`: nanoseconds. */
  onReceived(roundTrip: number): void
}

export interface Heartbeat {
  /** It has answered. */
  pong(): void
  stop(): void
}

/** Asks somebody at an interval whether he lives. An answer that is late by no more than an interval is one. */
export function startHeartbeat({ clock, intervalMs, ping, on, onReceived }: HeartbeatOptions): Heartbeat {
  let missed = 0
  let pingedAt: number | undefined
  const stop = clock.every(intervalMs, () => {
    if (pingedAt === undefined) {
      pingedAt = clock.monotonicTime()
      ping()
      on('sent', 0)
      return
    }
    on('missed', ++missed)
    if (missed < MAX_MISSED) return
    stop()
    on('failed', missed)
  })
  return {
    pong() {
      if (pingedAt === undefined) return
      onReceived(clock.monotonicTime() - pingedAt)
      pingedAt = undefined
      missed = 0
    },
    stop,
  }
}
