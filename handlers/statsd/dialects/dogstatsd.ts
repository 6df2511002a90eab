import { type Dialect, fitName, joinTags } from './dialect.ts'

/** Datadog's agent: tags behind the type, `name:1|c|#key:value,other:value`. */
export const dogstatsd: Dialect = {
  frame(subject, room) {
    const { stem, suffix, tags } = subject
    const start = fitName(stem, suffix === '' ? '' : `.${suffix}`)
    // The agent swallows a tag of this name.
    const kept = tags.map((tag) => (tag.key === 'device' ? { ...tag, key: 'device_' } : tag))
    const { text, dropped } = joinTags(
      { ...subject, tags: kept },
      { separator: ':', between: ',', room: room - start.length - 2 },
    )
    return { start, end: text === '' ? '' : `|#${text}`, dropped }
  },
  signIsRelative: false,
  countsWhole: false,
  weighsTimings: true,
  timingType: (metric, isTime) => (metric === 'distribution' ? 'd' : isTime ? 'ms' : 'h'),
}
