import type { Row } from './row.ts'

/** The rows that this bench measures, each loaded only in the process that runs it. */
export const rows: Readonly<Record<number, () => Promise<{ readonly row: Row }>>> = {
  1: () => import('./rows/01-nothing-attached.ts'),
  2: () => import('./rows/02-event-point.ts'),
  3: () => import('./rows/03-name.ts'),
  4: () => import('./rows/04-fan-out.ts'),
  5: () => import('./rows/05-erlang.ts'),
  6: () => import('./rows/06-patterns.ts'),
  7: () => import('./rows/07-many-names.ts'),
  8: () => import('./rows/08-churn.ts'),
  9: () => import('./rows/09-span.ts'),
  10: () => import('./rows/10-async-span.ts'),
  11: () => import('./rows/11-recorder.ts'),
  12: () => import('./rows/12-labels.ts'),
  13: () => import('./rows/13-end-to-end.ts'),
  14: () => import('./rows/14-window.ts'),
  15: () => import('./rows/15-statsd.ts'),
  16: () => import('./rows/16-scrape.ts'),
  17: () => import('./rows/17-actors.ts'),
  20: () => import('./rows/20-correlation.ts'),
  23: () => import('./rows/23-size.ts'),
}
