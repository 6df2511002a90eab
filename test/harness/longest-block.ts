/**
 * The longest time in milliseconds for which `work` kept the event loop from turning.
 *
 * Read between two turns, by `setImmediate`. A turn that took long on the wall but little of the processor was waiting for
 * another process.
 */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let wall = performance.now()
  let cpu = process.cpuUsage()
  let isRunning = true
  const tick = () => {
    const { user, system } = process.cpuUsage(cpu)
    longest = Math.max(longest, Math.min(performance.now() - wall, (user + system) / 1_000))
    wall = performance.now()
    cpu = process.cpuUsage()
    if (isRunning) setImmediate(tick)
  }
  setImmediate(tick)
  await work()
  isRunning = false
  // Also what has been running since the last turn, which is everything when there was none.
  tick()
  return longest
}
