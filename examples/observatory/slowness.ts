/** What the switch on the page of alerts does: every file is read this much later. */
export const slowness: { delayMs: number } = { delayMs: 0 }

export const SLOW_MS = 1_000
