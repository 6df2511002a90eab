import { compilePattern } from '../../core/names.ts'
import type { Bus, Cancel } from '../../core/types.ts'

/** A subscription that is in force while somebody listens to what comes of it. */
export interface Watch {
  /** Looks again whether the subscription can end, when `isBusy` kept it. */
  settle(): void
  /** Ends the subscription for good. True the first time. */
  stop(): boolean
}

/**
 * Keeps `subscribe` in force while a handler of `bus` is attached to one of `events`: a channel without subscribers costs
 * its publisher nothing, and one with them makes a message each time.
 *
 * Handlers that a control rule silences count, since nobody tells when a rule changes. `isBusy`: something is under way
 * whose end is still to be heard, although nobody listens any more.
 */
export function whileListened(
  bus: Bus,
  events: readonly string[],
  subscribe: () => Cancel,
  isBusy: () => boolean = () => false,
): Watch {
  let unsubscribe: Cancel | undefined
  const concerns = (pattern: string) => events.some(compilePattern(pattern))
  const isListened = () => bus.listHandlers().some(({ event }) => concerns(event))

  const begin = () => {
    unsubscribe ??= subscribe()
  }
  const end = () => {
    unsubscribe?.()
    unsubscribe = undefined
  }
  const settle = () => {
    if (unsubscribe !== undefined && !isBusy() && !isListened()) end()
  }

  const notices = [
    bus.lifecycle.on('attached', ({ events: patterns }) => {
      if (patterns.some(concerns)) begin()
    }),
    bus.lifecycle.on('detached', ({ events: patterns }) => {
      if (patterns.some(concerns)) settle()
    }),
  ]
  if (isListened()) begin()
  return {
    settle,
    stop() {
      end()
      return notices.map((detach) => detach()).includes(true)
    },
  }
}
