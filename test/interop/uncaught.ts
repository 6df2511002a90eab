/** Runs `body` and gives what reached the process as uncaught meanwhile: what a channel makes of a subscriber that throws. */
export async function uncaughtDuring(body: () => unknown): Promise<unknown[]> {
  const uncaught: unknown[] = []
  const listener = (error: unknown) => void uncaught.push(error)
  process.on('uncaughtException', listener)
  process.on('unhandledRejection', listener)
  try {
    await body()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('uncaughtException', listener)
    process.off('unhandledRejection', listener)
  }
  return uncaught
}
