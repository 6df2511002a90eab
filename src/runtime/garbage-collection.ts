import { PerformanceObserver } from 'node:perf_hooks'
import type { NodeEvents } from '../catalog/node.ts'
import type { Bus } from '../core/types.ts'
import type { PolledMeasurement } from './measurement.ts'

export type GarbageCollectionKind = NodeEvents['node.gc.completed']['metadata']['kind']

/** By the numbers of `perf_hooks.constants.NODE_PERFORMANCE_GC_*`; 2 is there from Node 22 on. */
const KINDS: ReadonlyMap<unknown, GarbageCollectionKind> = new Map<unknown, GarbageCollectionKind>([
  [1, 'minor'],
  [2, 'minor_mark_sweep'],
  [4, 'major'],
  [8, 'incremental'],
  [16, 'weak_callbacks'],
])

/**
 * `node.gc.completed`, pushed by Node after each run. Polling only looks whether anybody listens: the observer is there
 * from the first poll that finds a listener to the first that finds none.
 */
export function observeGarbageCollection(): PolledMeasurement {
  let observer: PerformanceObserver | undefined
  return {
    name: 'node.gc.completed',
    event: 'node.gc.completed',
    measure(bus) {
      observer ??= observe(bus)
    },
    release() {
      observer?.disconnect()
      observer = undefined
    },
  }
}

function observe(bus: Bus): PerformanceObserver {
  const completed = bus.event('node.gc.completed')
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      completed.execute({ duration: Math.round(entry.duration * 1e6) }, { kind: kindOf(entry) })
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return observer
}

/** The kind of run that a `gc` entry tells of; `other` for one that Node has yet to invent. */
export function kindOf(entry: object): GarbageCollectionKind {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined
  const number: unknown = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined
  return KINDS.get(number) ?? 'other'
}
