/** Starts measuring; the function returned gives the milliseconds that this process has worked since. */
export function stopwatch(): () => number {
  const cpu = process.cpuUsage()
  const start = performance.now()
  return () => {
    const wall = performance.now() - start
    if (!cpuTimeIsFine) return wall
    const { user, system } = process.cpuUsage(cpu)
    // The lesser of the two: less than the wall's when others had the processor meanwhile, more when the garbage
    // collector worked beside us on another core.
    return Math.min(wall, (user + system) / 1e3)
  }
}

/** Some systems count processor time in ticks of milliseconds, which a slice is too short for. */
const cpuTimeIsFine: boolean = smallestStepOfCpuTime() <= 100

function smallestStepOfCpuTime(): number {
  let smallest = Number.POSITIVE_INFINITY
  let last = processorTime()
  for (const end = performance.now() + 5; performance.now() < end; ) {
    const now = processorTime()
    if (now > last) smallest = Math.min(smallest, now - last)
    last = now
  }
  return smallest
}

/** Microseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
