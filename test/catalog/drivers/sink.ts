import type { Bus } from '../../../src/core/types.ts'
import { createExportTracker } from '../../../src/delivery/export-tracker.ts'

/** One export that arrives and one that is refused. */
export async function drive(bus: Bus): Promise<void> {
  const tracker = createExportTracker(bus, 'driver')
  await tracker.run({ points: 1, bytes: 2 }, async () => ({ outcome: 'delivered', reason: 'status 200', status: 200 }))
  await tracker.run({ points: 1, bytes: 2 }, async () => ({ outcome: 'retry', reason: 'status 503', status: 503 }))
}
