import type { Alert } from 'sonde/notify'

/** An alert that fires, with what is given over it. */
export function anAlert(given: Partial<Alert> = {}): Alert {
  return {
    id: 'id-1',
    rule: 'slow',
    kind: 'threshold',
    severity: 'high',
    status: 'firing',
    message: 'orders are slow',
    tags: {},
    value: 1_500_000_000,
    threshold: 1_000_000_000,
    unit: 'nanosecond',
    occurrences: 3,
    suppressed: 0,
    reason: 'first',
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...given,
  }
}
