import { availableParallelism } from 'node:os'
import type { PolledMeasurement } from './measurement.ts'

/** One look at the CPU time of the process: microseconds as `process.cpuUsage()` gives them, `at` in milliseconds. */
export interface CpuReading {
  readonly user: number
  readonly system: number
  readonly at: number
}

/** `node.cpu`: the CPU time since the last poll. */
export function measureCpu(): PolledMeasurement {
  let last: CpuReading | undefined
  return {
    name: 'node.cpu',
    event: 'node.cpu',
    read() {
      const before = last
      // Not the bus's clock: CPU time passes in real time only.
      last = { ...process.cpuUsage(), at: performance.now() }
      return before === undefined ? undefined : cpuBetween(before, last, availableParallelism())
    },
    release() {
      last = undefined
    },
  }
}

/** The measurements of `node.cpu` between two readings. `cpus`: those available, so that a utilization of 1 is all of them. */
export function cpuBetween(before: CpuReading, after: CpuReading, cpus: number): Record<string, number> {
  const user = Math.round((after.user - before.user) * 1e3)
  const system = Math.round((after.system - before.system) * 1e3)
  const available = (after.at - before.at) * 1e6 * cpus
  // The kernel counts CPU time in ticks, so a short interval may seem more than full.
  const utilization = available > 0 ? Math.min(1, (user + system) / available) : 0
  return { user, system, utilization }
}
