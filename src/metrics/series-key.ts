import type { Tags } from './data.ts'
import { labelValue } from './label-value.ts'

/**
 * A string that two tag sets share exactly when they are the same set, in whatever order they were written. Every part goes
 * behind its length, so no separator in a value can imitate another set. An empty value is no tag, as in Prometheus.
 */
export function seriesKey(tags: Tags): string {
  let key = ''
  for (const name of Object.keys(tags).sort()) {
    const value = tags[name]
    if (value !== undefined && value !== '') key += `${name.length}:${name}${value.length}:${value}`
  }
  return key
}

/** Whatever a tag function or a caller gave, as labels. Names, too, are made well-formed strings. */
export function toTags(source: { readonly [key: string]: unknown }): Tags {
  const tags: { [key: string]: string } = Object.create(null)
  for (const name of Object.keys(source)) tags[labelValue(name)] = labelValue(source[name])
  return { ...tags }
}
