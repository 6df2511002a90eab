/**
 * What is measured: bundled from the sources by `build.ts` with its dependencies inside, so that the peers'
 * own copies of `mitt` and `hdr-histogram-js` are not warmed or polluted by ours.
 */
export * from 'sonde'
export { attachMetrics } from 'sonde/handlers/metrics'
export {
  createStore,
  type DataPoint,
  distribution,
  isSummary,
  type MetricDefinition,
  type MetricStore,
  summary,
} from 'sonde/metrics'
