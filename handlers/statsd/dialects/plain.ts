import { safeStep } from '../safe-text.ts'
import { type Dialect, fitName } from './dialect.ts'

/**
 * StatsD as Etsy's daemon and collectd read it: no tags. The values of the tags that the definition lists follow the name, in its
 * order; others, which a function made, as key and value. Global tags do not: use `prefix`.
 *
 * Timings carry no rate: collectd divides the value by it, and Etsy's percentiles do not look at it. Of a name
 * collectd keeps the first 127 characters.
 */
export const plain: Dialect = {
  frame({ stem, tags, listed, suffix, distinction }) {
    const steps = tags.map(({ key, value }) => (listed.has(key) ? [value] : [key, value]))
    const path = [stem, ...steps.flat().map(safeStep)].join('.')
    const tail = (distinction === undefined ? '' : `.collision.${distinction}`) + (suffix === '' ? '' : `.${suffix}`)
    return { start: fitName(path, tail), end: '', dropped: 0 }
  },
  signIsRelative: true,
  countsWhole: false,
  weighsTimings: false,
  // Not only for times: it is what the daemons have for percentiles, and `h` and `d` are counters to Etsy's.
  timingType: () => 'ms',
}
