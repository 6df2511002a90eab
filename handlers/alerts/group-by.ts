import type { DataPoint, Tags } from 'sonde/metrics'

/** Series that agree in some tags. */
export interface PointGroup {
  readonly tags: Tags
  readonly members: readonly DataPoint[]
}

/** Puts series together that agree in the tags `by`; what a series does not have is `''`. */
export function groupBy(points: Iterable<DataPoint>, by: readonly string[]): PointGroup[] {
  const groups = new Map<string, { readonly tags: Tags; readonly members: DataPoint[] }>()
  for (const point of points) {
    const values = by.map((tag) => point.tags[tag] ?? '')
    const key = tagsKey(values)
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, { tags: Object.fromEntries(by.map((tag, i) => [tag, values[i] ?? ''])), members: [point] })
    } else group.members.push(point)
  }
  return [...groups.values()]
}

/** A string that two lists of values, of the same tags, share exactly when they are the same. */
export function tagsKey(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values)
}
