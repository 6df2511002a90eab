import { attachOtlp } from '../../../handlers/otlp/index.ts'
import type { Bus } from '../../../src/core/types.ts'
import { startHttpReceiver } from '../../handlers/otlp/receiver.ts'

/** A receiver that remarks on what it takes. */
export async function drive(bus: Bus): Promise<void> {
  const receiver = await startHttpReceiver({ reply: () => ({ message: 'slow down' }) })
  const otlp = attachOtlp(bus, { logs: ['driver.**'], endpoint: receiver.url, environment: {} })
  bus.execute('driver.event', {}, {})
  await otlp.flush()
  otlp.detach()
  await receiver.close()
}
