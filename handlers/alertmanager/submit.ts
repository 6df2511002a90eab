import type { DeliveryResult, PostResult } from 'sonde/delivery'
import type { Alert } from 'sonde/notify'

/** Alerts in one request: what Prometheus sends at most (`maxBatchSize` of its notifier), about 40 kB of usual alerts. */
export const BATCH = 64

/** Sends some alerts in one request. */
export type SendBatch = (alerts: readonly Alert[]) => Promise<PostResult>

/** What became of all. `status` is missing when it is of no single request. */
export interface Submission extends DeliveryResult {
  readonly status?: number
}

/**
 * Statuses by which something in a batch was refused: 400 means that the valid ones were stored, 422 and 413 (of a proxy) that none was.
 * To store one twice changes nothing.
 */
const PARTLY: ReadonlySet<number> = new Set([400, 413, 422])

/** How much of what the receiver said is told on, in characters. */
const MAX_SAID = 200

/**
 * Sends alerts in batches, one after the other, and halves a batch that is refused until what is wrong stands alone: all others arrive.
 *
 * `permanent` when any was refused, with the id of the first in the reason; `retry` when a request may succeed later, and the rest has
 * not been tried then. Refused as a whole, as by a wrong token, the rest is not tried either.
 */
export async function submit(alerts: readonly Alert[], send: SendBatch): Promise<Submission> {
  const refused: string[] = []
  let last: Submission = { outcome: 'delivered', reason: 'nothing to send' }
  const waiting = batchesOf(alerts).reverse()
  for (let batch = waiting.pop(); batch !== undefined; batch = waiting.pop()) {
    const result = await send(batch)
    if (result.outcome === 'delivered') last = result
    else if (result.outcome === 'retry' || !PARTLY.has(result.status ?? 0)) return result
    else if (batch.length > 1) waiting.push(...halves(batch))
    else refused.push(`${batch[0]?.id}: ${describe(result)}`)
  }
  if (refused.length === 0) return last
  return { outcome: 'permanent', reason: `${refused.length} of ${alerts.length} alerts refused, ${refused[0]}` }
}

/** The batches of a list, in its order. */
export function batchesOf(alerts: readonly Alert[]): (readonly Alert[])[] {
  const count = Math.ceil(alerts.length / BATCH)
  return Array.from({ length: count }, (_, n) => alerts.slice(n * BATCH, (n + 1) * BATCH))
}

/** The second half first: the last one is taken next. */
function halves(batch: readonly Alert[]): readonly (readonly Alert[])[] {
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(middle), batch.slice(0, middle)]
}

/** What the receiver said, on one line (CWE-117). */
function describe({ reason, body }: PostResult): string {
  const said = body.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return said === '' ? reason : `${reason} ${said.slice(0, MAX_SAID)}`
}
