import type { Bus, Detach, Measurements, Metadata } from 'sonde'
import { flushOnExit } from 'sonde/delivery'
import { labelValue, readKey, sampleWeight } from 'sonde/metrics'
import { createCounts, type FeatureCounts, type KeptUsage, keep } from './counts.ts'
import { openFiles, type UsageFiles } from './files.ts'
import { hashText } from './hash.ts'
import { type Feature, readOptions, type UsageOptions } from './options.ts'
import { type UsageReport, writeReport } from './report.ts'
import { openSalt, type Salt } from './salt.ts'

export { defaultFeatures, type Feature, type UsageOptions } from './options.ts'
export type { FeatureReport, UsageReport } from './report.ts'
export type { KeyCount } from './top-keys.ts'

export interface UsageAttachment {
  /** What was used since the beginning, by all processes that share the directory; of the others, what they have written. Plain data. */
  report(): UsageReport
  /** Counts no more, writes what is counted and lets another process have the file. Safe to repeat. */
  detach(): void
  /** Resolves when all that is counted is on disk, or the disk has refused it. */
  flush(): Promise<void>
}

const MAX_RECENT = 1_024

/** Of a value that is longer the rest is no part of the key. */
const MAX_KEY = 100

/**
 * Counts who uses what: the most frequent keys of each feature, exactly as long as there are no more than `maxKeys` and with a known error
 * beyond, and how many different users there were. With a `directory` counts survive restarts and are those of all processes together;
 * SIGKILL costs those of the last `intervalMs`, any other end none, and a disk that is full none while the process lives.
 *
 * Personal data is opt-in: only the metadata keys that a feature names are looked at, users are never kept but as a keyed hash, and with
 * `hash` what they use neither. An event that does not have the key is not counted. Wrong options throw `invalid_option` or `invalid_pattern`.
 */
export function attachUsage(bus: Bus, options: UsageOptions = {}): UsageAttachment {
  const { features, maxKeys, intervalMs, id } = readOptions(options)
  const { directory } = options
  const counts = new Map<string, FeatureCounts>()
  const detachers: Detach[] = []
  let since = bus.clock.wallTime()
  let isDetached = false
  const files = directory === undefined ? undefined : openFiles(bus, { sink: id, directory, intervalMs, read: kept })
  const salt = openSalt(directory)
  begin(files?.own.initial)
  const leaveExit = flushOnExit(bus)
  try {
    for (const feature of features) detachers.push(attachFeature(feature))
  } catch (error) {
    detach()
    throw error
  }

  function begin(initial: KeptUsage | undefined): void {
    since = initial?.since ?? since
    for (const { name } of features) {
      const found = initial !== undefined && Object.hasOwn(initial.features, name) ? initial.features[name] : undefined
      // Hashes of another salt have nothing in common with ours: the number of users begins anew.
      const usable = found !== undefined && initial?.salt !== salt.id ? { ...found, distinct: { hashes: [] } } : found
      counts.set(name, createCounts(maxKeys, usable))
    }
  }

  function attachFeature(feature: Feature): Detach {
    const events = typeof feature.event === 'string' ? [feature.event] : feature.event
    const own = counts.get(feature.name) ?? createCounts(maxKeys)
    const count = createCount(feature, own, salt)
    return bus.attachMany(
      `${id}.${feature.name}`,
      events,
      (_event: string, measurements: Measurements, metadata: Metadata) => {
        if (count(measurements, metadata)) files?.own.save()
      },
      undefined,
      { flush },
    )
  }

  function kept(): KeptUsage {
    // Features of another version of the program that has left this file are kept for it.
    const left = files?.own.initial?.features ?? {}
    return {
      since,
      salt: salt.id,
      features: { ...left, ...Object.fromEntries([...counts].map(([name, one]) => [name, keep(one)])) },
    }
  }

  function detach(): void {
    if (isDetached) return
    isDetached = true
    for (const release of detachers) release()
    leaveExit()
    files?.own.close()
  }

  async function flush(): Promise<void> {
    if (!isDetached) await files?.own.flush()
  }

  return {
    detach,
    flush,
    report: () => writeReport([kept(), ...othersOf(files)], { features, salt: salt.id }),
  }
}

function othersOf(files: UsageFiles | undefined): readonly KeptUsage[] {
  return files?.others() ?? []
}

/** Makes what counts an event; it returns whether there was something to count, and never throws. */
function createCount(
  { key, distinct, allow, hash = false }: Feature,
  counts: FeatureCounts,
  salt: Salt,
): (measurements: Measurements, metadata: Metadata) => boolean {
  const allowed = allow === undefined ? undefined : new Set(allow)
  /** Those of late, who are counted already: a hash takes thirty times as long as all the rest. In memory only. */
  const recent = new Set<string>()
  const see = (who: string) => {
    if (recent.has(who)) return
    if (recent.size >= MAX_RECENT) recent.clear()
    recent.add(who)
    counts.distinct.add(salt.hash(who))
  }
  return (measurements, metadata) => {
    const used = labelValue(readKey(metadata, key))
    if (used === '') return false
    const weight = sampleWeight(readKey(measurements, 'sample_weight'))
    counts.total += weight
    if (allowed !== undefined && !allowed.has(used)) counts.other += weight
    else counts.keys.add(hash ? hashText(salt.hash(used)) : used.slice(0, MAX_KEY), weight)
    const who = distinct === undefined ? '' : labelValue(readKey(metadata, distinct))
    if (who !== '') see(who)
    return true
  }
}
