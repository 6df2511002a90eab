import { attachErrors } from '../../../handlers/errors/index.ts'
import type { Bus } from '../../../src/core/types.ts'

/** An operation that fails in one way, twice. */
export function drive(bus: Bus): void {
  const errors = attachErrors(bus, { operations: ['driver.pay'], threshold: 2 })
  for (const cart of [1, 2]) {
    bus.execute('driver.pay.exception', { duration: 1 }, { reason: new TypeError(`cart ${cart} is empty`) })
  }
  errors.detach()
}
