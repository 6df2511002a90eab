/** What is measured: `dist`, which `build.ts` puts behind these names. */
export * from 'sonde'
export { createActorSystem, genServer } from 'sonde/actor'
export { type Context, withContext, withCorrelation } from 'sonde/context'
export { attachCorrelation } from 'sonde/handlers/correlation'
export { attachMetrics } from 'sonde/handlers/metrics'
export { attachPrometheus } from 'sonde/handlers/prometheus'
export { attachStatsd, attachStatsdEvents } from 'sonde/handlers/statsd'
export {
  counter,
  createStore,
  type DataPoint,
  distribution,
  isSummary,
  type MetricDefinition,
  type MetricStore,
  summary,
} from 'sonde/metrics'
