import type { AlertRule } from '../rule.ts'

const SERVED = ['http.server.request.stop', 'http.server.request.exception']

/** Requests served: slow ones, and those that fail, by route. From the events of `sonde/interop`; no metric is needed. */
export const httpRules: readonly AlertRule[] = [
  {
    name: 'http_slow',
    kind: 'performance_degradation',
    severity: 'medium',
    escalate: { factor: 10, severity: 'high' },
    event: SERVED,
    measurement: 'duration',
    stat: 'p99',
    above: '1s',
    by: ['method', 'route'],
    summary: '{method} {route}: the p99 is {value}, {factor} times the limit of {threshold}',
  },
  {
    name: 'http_errors',
    kind: 'error_rate',
    severity: 'high',
    event: SERVED,
    // A status of 5xx is a failure of the server; what a client does wrong is none.
    keep: ({ status_code, error_type }) =>
      typeof status_code === 'number' ? status_code >= 500 : error_type !== undefined,
    over: SERVED,
    stat: 'ratio',
    above: '5%',
    windowMs: 300_000,
    by: ['method', 'route'],
    summary: '{method} {route}: {value} of the requests fail, limit {threshold}',
  },
]
