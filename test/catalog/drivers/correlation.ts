import { attachCorrelation } from '../../../handlers/correlation/index.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import type { Bus } from '../../../src/core/types.ts'

/** An id that cannot be one is not taken. */
export async function drive(bus: Bus): Promise<void> {
  const correlation = attachCorrelation(bus)
  withCorrelation('not an id\r\n', () => {})
  correlation.detach()
}
