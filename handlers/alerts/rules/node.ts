import type { AlertRule } from '../rule.ts'

/** The process itself: its event loop and its heap. From the events of `sonde/runtime`; no metric is needed. */
export const nodeRules: readonly AlertRule[] = [
  {
    name: 'node_event_loop_blocked',
    kind: 'resource_exhaustion',
    severity: 'high',
    event: 'node.event_loop.delay',
    measurement: 'p99',
    stat: 'last',
    above: '250ms',
    for: '30s',
    summary: 'The event loop is late by {value} (p99), limit {threshold}',
  },
  {
    name: 'node_event_loop_busy',
    kind: 'resource_exhaustion',
    severity: 'medium',
    event: 'node.event_loop.utilization',
    measurement: 'utilization',
    stat: 'last',
    above: '95%',
    for: '2m',
    summary: 'The event loop is busy {value} of the time, limit {threshold}',
  },
  {
    name: 'node_garbage_collection',
    kind: 'resource_exhaustion',
    severity: 'medium',
    event: 'node.gc.completed',
    measurement: 'duration',
    stat: 'max',
    above: '500ms',
    minCount: 1,
    summary: 'A garbage collection has stopped the process for {value}, limit {threshold}',
  },
]
