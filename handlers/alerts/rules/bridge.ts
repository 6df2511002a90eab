import type { AlertRule } from '../rule.ts'

/** Limits of `dspexThresholds`, as the original names them; one that is left out makes no rule. */
export interface DspexThresholds {
  /** p99 of calls into Python, in milliseconds. */
  readonly bridge_call_p99_ms?: number
  /** p99 of tools, in milliseconds. */
  readonly tool_execution_p99_ms?: number
  /** Share of calls that fail, 0–100. */
  readonly error_rate_percent?: number
  /** p95 of the time that calls wait for a worker, in milliseconds. */
  readonly queue_time_ms?: number
  /** p95 of how long sessions live, in milliseconds. */
  readonly session_lifetime_ms?: number
}

const CALLS = ['bridge.call.stop', 'bridge.call.exception', 'bridge.call_method.stop', 'bridge.call_method.exception']
const FAILED_CALLS = ['bridge.call.exception', 'bridge.call_method.exception']
const TOOLS = ['bridge.tool.call.stop', 'bridge.tool.call.exception']

/** Of its documents; `session_lifetime_ms` is named there and was never looked at. */
export const dspexDefaults: Required<DspexThresholds> = {
  bridge_call_p99_ms: 1_000,
  tool_execution_p99_ms: 500,
  error_rate_percent: 5,
  queue_time_ms: 5_000,
  session_lifetime_ms: 3_600_000,
}

/** DSPex's alerts as rules: performance degradation, error rate, queue time, session lifetime, by its thresholds. */
export function dspexThresholds(thresholds: DspexThresholds = dspexDefaults): readonly AlertRule[] {
  const { bridge_call_p99_ms, tool_execution_p99_ms, error_rate_percent, queue_time_ms, session_lifetime_ms } =
    thresholds
  const rules: readonly (AlertRule | undefined)[] = [
    bridge_call_p99_ms === undefined
      ? undefined
      : { ...slow('bridge_call_p99', CALLS, bridge_call_p99_ms), by: ['function'] },
    tool_execution_p99_ms === undefined
      ? undefined
      : { ...slow('tool_execution_p99', TOOLS, tool_execution_p99_ms), by: ['tool_name'] },
    error_rate_percent === undefined
      ? undefined
      : {
          name: 'error_rate',
          kind: 'error_rate',
          event: FAILED_CALLS,
          over: CALLS,
          stat: 'ratio',
          above: `${error_rate_percent}%`,
          windowMs: 300_000,
          summary: '{value} of the calls fail, limit {threshold}',
        },
    queue_time_ms === undefined
      ? undefined
      : {
          name: 'queue_time',
          kind: 'resource_exhaustion',
          event: 'bridge.pool.dequeued',
          measurement: 'queue_time',
          stat: 'p95',
          above: `${queue_time_ms}ms`,
          by: ['pool'],
          summary: '{pool}: calls wait {value} for a worker (p95), limit {threshold}',
        },
    session_lifetime_ms === undefined
      ? undefined
      : {
          name: 'session_lifetime',
          event: 'bridge.session.expired',
          measurement: 'lifetime',
          stat: 'p95',
          above: `${session_lifetime_ms}ms`,
          summary: 'Sessions live for {value} (p95), limit {threshold}',
        },
  ]
  return rules.filter((rule) => rule !== undefined)
}

function slow(name: string, event: readonly string[], limitMs: number): AlertRule {
  return {
    name,
    kind: 'performance_degradation',
    escalate: { factor: 10, severity: 'high' },
    event,
    measurement: 'duration',
    stat: 'p99',
    above: `${limitMs}ms`,
    summary: '{rule}: {value}, {factor} times the limit of {threshold}',
  }
}

/** The bridge's own: DSPex's thresholds, a pool with no worker to spare, errors that pile up, workers that die. */
export const bridgeRules: readonly AlertRule[] = [
  ...dspexThresholds(),
  {
    name: 'pool_exhausted',
    kind: 'resource_exhaustion',
    severity: 'critical',
    event: 'bridge.pool.saturated',
    measurement: 'queue_depth',
    by: ['pool'],
    summary: '{pool}: no worker is free and the queue is full',
  },
  {
    name: 'error_spike',
    kind: 'error_spike',
    severity: 'high',
    event: 'telemetry.errors.spike',
    measurement: 'error_count',
    by: ['operation', 'error_type'],
    summary: '{operation}: {value} errors {error_type} in a short time',
  },
  {
    name: 'worker_deaths',
    kind: 'resource_exhaustion',
    severity: 'high',
    event: 'bridge.worker.terminated',
    keep: ({ planned }) => planned !== true,
    stat: 'rate',
    above: 0.1,
    windowMs: 300_000,
    for: '5m',
    by: ['pool'],
    summary: '{pool}: {value} workers die per second',
  },
  {
    name: 'circuit_open',
    kind: 'error_rate',
    severity: 'critical',
    event: 'bridge.circuit.opened',
    by: ['pool'],
    summary: '{pool}: the circuit is open, calls are refused',
  },
]
