import type { Bus } from '../../src/core/types.ts'

let told = 0

/** Emits an alert event with all its keys, those given over them. */
export function tell(
  bus: Bus,
  metadata: { readonly [key: string]: unknown } = {},
  measurements: { readonly [key: string]: number } = {},
  event: 'telemetry.alert.firing' | 'telemetry.alert.resolved' = 'telemetry.alert.firing',
): void {
  const rule = typeof metadata.rule === 'string' ? metadata.rule : 'slow'
  const usual = {
    alert_id: `id-${rule}`,
    rule,
    kind: 'threshold',
    severity: 'high',
    message: `${rule} is above its limit`,
    tags: { route: '/orders' },
    reason: event.endsWith('.resolved') ? 'resolved' : 'first',
    started_at: 1_700_000_000_000,
    unit: 'second',
    group: `group-${rule}`,
    notification_id: `n-${++told}`,
    ...(event.endsWith('.resolved') && { ended_at: 1_700_000_060_000 }),
  }
  const name: string = event
  bus.execute(
    name,
    { value: 1.5, threshold: 1, occurrences: 1, suppressed: 0, ...measurements },
    { ...usual, ...metadata },
  )
}
