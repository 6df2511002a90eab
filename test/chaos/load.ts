import { setTimeout as sleep } from 'node:timers/promises'

/** Calls `send` `perSecond` times a second for `ms`; what a late timer has left out is made up for. Resolves when all are sent. */
export async function offer(perSecond: number, ms: number, send: () => void | Promise<void>): Promise<void> {
  const began = performance.now()
  const total = Math.round((perSecond * ms) / 1_000)
  const sending: (void | Promise<void>)[] = []
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / 1_000) * perSecond))
    for (; sent < due; sent++) sending.push(send())
    await sleep(Math.min(10, 1_000 / perSecond))
  }
  await Promise.all(sending)
}

/** The value below which a share of them lies; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
