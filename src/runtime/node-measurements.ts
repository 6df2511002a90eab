import { readdir } from 'node:fs/promises'
import { getHeapStatistics } from 'node:v8'
import { measureCpu } from './cpu.ts'
import { measureEventLoopDelay, measureEventLoopUtilization } from './event-loop.ts'
import { observeGarbageCollection } from './garbage-collection.ts'
import type { PolledMeasurement } from './measurement.ts'
import { measureResources } from './resources.ts'

/**
 * What `startPoller` polls unless it is told otherwise: the eight `node.*` events, whose keys and units are in the
 * catalog. A new set per call, since some keep their last reading; leave out or replace any by its `name`, which is its event.
 *
 * A measurement that is a difference (cpu, event loop) is told from the second poll after somebody has begun to listen.
 */
export function nodeMeasurements(): PolledMeasurement[] {
  return [
    { name: 'node.memory', event: 'node.memory', read: readMemory },
    { name: 'node.heap', event: 'node.heap', read: readHeap },
    measureEventLoopDelay(),
    measureEventLoopUtilization(),
    observeGarbageCollection(),
    measureCpu(),
    measureResources(),
    { name: 'node.process', event: 'node.process', read: readProcess },
  ]
}

function readMemory(): Record<string, number> {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { rss, heap_total: heapTotal, heap_used: heapUsed, external, array_buffers: arrayBuffers }
}

function readHeap(): Record<string, number> {
  const heap = getHeapStatistics()
  return {
    total: heap.total_heap_size,
    used: heap.used_heap_size,
    limit: heap.heap_size_limit,
    malloced: heap.malloced_memory,
    detached_contexts: heap.number_of_detached_contexts,
  }
}

async function readProcess(): Promise<Record<string, number>> {
  const uptime = Math.round(process.uptime() * 1e9)
  const descriptors = process.platform === 'linux' ? await countFileDescriptors() : undefined
  return descriptors === undefined ? { uptime } : { uptime, file_descriptors: descriptors }
}

/** Undefined where /proc is not mounted. */
async function countFileDescriptors(): Promise<number | undefined> {
  try {
    // Less the one that reads the directory.
    return (await readdir('/proc/self/fd')).length - 1
  } catch {
    return undefined
  }
}
