import type { Clock } from 'sonde'
import { type DeliveryResult, type PostResult, post } from 'sonde/delivery'
import type { DeliverNotification, Notification } from 'sonde/notify'
import { type ApiAnswer, classifyApi, classifyHook, readAnswer } from './answer.ts'
import { writeMessage } from './message.ts'
import type { SlackTarget } from './options.ts'
import { stillFiring, type Thread, type Threads } from './threads.ts'

/** The thread is gone: what was to be told in it is told anew. */
const LOST: ReadonlySet<string> = new Set([
  'thread_not_found',
  'message_not_found',
  'invalid_thread_ts',
  'cannot_reply_to_message',
])

const unwritten: DeliveryResult = { outcome: 'permanent', reason: 'the template has thrown, or has made no message' }

/** Delivers to an incoming webhook. */
export function deliverToHook({ post: url, how, ...target }: SlackTarget, clock: Clock): DeliverNotification {
  return async (notification, { signal }) => {
    const message = write(notification, target)
    if (message === undefined) return unwritten
    return post(url, message, { ...how, signal, clock, classify: classifyHook })
  }
}

/**
 * Delivers to a channel. The first message of a group that fires begins a thread, and what follows comes below it; when the last of its alerts
 * is over the first message says so too. That is changed before people are told: to change it twice is to change it once, so that an
 * attempt that breaks off between the two can be made again.
 */
export function deliverToChannel(
  target: SlackTarget,
  clock: Clock,
  { threads, onChange }: { readonly threads: Threads; onChange(): void },
): DeliverNotification {
  const { channel = '', how, update = '' } = target

  const ask = async (
    url: string,
    body: string,
    signal: AbortSignal,
  ): Promise<PostResult & { readonly answer: ApiAnswer }> => {
    const result = await post(url, body, { ...how, signal, clock, classify: classifyApi })
    const answer = readAnswer(result.body)
    return { ...result, answer, ...(answer.error !== '' && { reason: answer.error }) }
  }

  return async (notification, { signal }) => {
    const thread = threads.get(notification.group)
    const firing = stillFiring(thread?.firing ?? [], notification)
    if (thread !== undefined) {
      const isOver = firing.length === 0
      const below = write(notification, target, { channel: thread.channel, thread_ts: thread.ts })
      if (below === undefined) return unwritten
      if (isOver) {
        const above = write(notification, target, { channel: thread.channel, ts: thread.ts })
        if (above === undefined) return unwritten
        const changed = await ask(update, above, signal)
        // A message that cannot be changed any more is still the one that people were told below.
        if (changed.outcome === 'retry') return changed
      }
      const told = await ask(target.post, below, signal)
      if (!LOST.has(told.answer.error)) {
        if (told.outcome === 'delivered') keep(notification, isOver ? undefined : { ...thread, firing })
        return told
      }
    }
    const message = write(notification, target, { channel })
    if (message === undefined) return unwritten
    const told = await ask(target.post, message, signal)
    const { ts, channel: own = channel } = told.answer
    if (told.outcome === 'delivered')
      keep(notification, ts === undefined || firing.length === 0 ? undefined : { channel: own, ts, firing })
    return told
  }

  function keep({ group }: Notification, thread: Thread | undefined): void {
    if (thread === undefined) threads.delete(group)
    else threads.set(group, thread)
    onChange()
  }
}

/** The message as JSON, with `more` in it; undefined when the template fails. */
function write(
  notification: Notification,
  { template, look }: Pick<SlackTarget, 'template' | 'look'>,
  more: object = {},
): string | undefined {
  try {
    const message: unknown = template === undefined ? writeMessage(notification, look) : template(notification)
    if (typeof message !== 'object' || message === null || message instanceof Promise) return undefined
    return JSON.stringify({ ...message, ...more })
  } catch {
    return undefined
  }
}
