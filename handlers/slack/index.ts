import type { Bus } from 'sonde'
import { openStateFile } from 'sonde/delivery'
import { createNotifier, type DeliverNotification, type NotifierAttachment } from 'sonde/notify'
import { deliverToChannel, deliverToHook } from './deliver.ts'
import { checkSlackOptions, type SlackOptions, type SlackTarget } from './options.ts'
import { createThreads, parseThreads } from './threads.ts'

export type { SlackOptions } from './options.ts'

/** A way to deliver, and what is kept for it. */
interface Way {
  readonly deliver: DeliverNotification
  close(): void
}

/**
 * Tells a channel of Slack of alerts: through an incoming webhook, or as a bot that keeps each group in a thread and marks its first message when
 * all is over. One message a second at most, as Slack asks for; what comes faster waits.
 *
 * At least once and in order. 429, 5xx and Slack's errors of the moment are tried again, `Retry-After` is kept to; any other refusal becomes a dead
 * letter. Nothing in an alert can mention anybody or become a link. With a `directory` messages and threads survive a restart; threads that
 * were begun within the last second before a SIGKILL are begun anew. What is lost and when: see `createNotifier`. Wrong options throw `invalid_option`.
 */
export function attachSlack(bus: Bus, options: SlackOptions): NotifierAttachment {
  const target = checkSlackOptions(options)
  const way =
    target.channel === undefined
      ? { deliver: deliverToHook(target, bus.clock), close() {} }
      : openChannel(bus, target, options)
  try {
    const notifier = createNotifier(
      bus,
      { name: 'slack', deliver: way.deliver, concurrency: 1, ratePerSecond: 1 },
      options,
    )
    return {
      ...notifier,
      detach() {
        notifier.detach()
        way.close()
      },
    }
  } catch (error) {
    way.close()
    throw error
  }
}

function openChannel(bus: Bus, target: SlackTarget, { directory }: SlackOptions): Way {
  if (directory === undefined)
    return { deliver: deliverToChannel(target, bus.clock, { threads: createThreads(), onChange() {} }), close() {} }
  const state = openStateFile({
    bus,
    sink: 'slack',
    directory,
    name: 'slack-threads',
    version: 1,
    parse: parseThreads,
    read: () => threads.entries(),
  })
  const threads = createThreads(state.initial)
  return { deliver: deliverToChannel(target, bus.clock, { threads, onChange: state.save }), close: state.close }
}
