import { type Dialect, fitName, joinTags } from './dialect.ts'

/**
 * Telegraf's statsd input, tags as InfluxDB writes them: `name,key=value,other=value:1|c`. Counters are integers there
 * (`plugins/inputs/statsd/statsd.go`), and a timing at a rate counts ⌊1 ÷ rate⌋ times.
 */
export const telegraf: Dialect = {
  frame(subject, room) {
    const { stem, suffix } = subject
    const name = fitName(stem, suffix === '' ? '' : `.${suffix}`)
    const { text, dropped } = joinTags(subject, { separator: '=', between: ',', room: room - name.length - 1 })
    return { start: text === '' ? name : `${name},${text}`, end: '', dropped }
  },
  signIsRelative: true,
  countsWhole: true,
  weighsTimings: true,
  timingType: (_metric, isTime) => (isTime ? 'ms' : 'h'),
}
