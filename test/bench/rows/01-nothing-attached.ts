import { churn } from '../churn.ts'
import { diagnosticsChannels, emitting, freshPayload, sondePoints } from '../dispatchers.ts'
import { bytesPerOperation, type Candidate, measure } from '../harness.ts'
import { createBus } from '../library.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

const CYCLES = 30
const { measurements, metadata } = freshPayload

export const row: Row = {
  row: 1,
  work: 'nothing attached, `if (event.enabled) event.execute({…}, {…})`',
  async run(effort) {
    const bus = createBus()
    const dispatcher = pollute(sondePoints(bus))
    const channels = pollute(diagnosticsChannels())
    const fresh = guarded('fresh', bus.event('idle.fresh'))
    const churned = {
      ...guarded('churned', bus.event('idle.churned')),
      disturb: churn(CYCLES, dispatcher, 'idle.churned'),
    }
    const timings = await measure(effort, [
      { name: 'empty call', body: 'empty()', scope: { empty: () => {} } },
      fresh,
      churned,
      { ...emitting(channels, 'idle.churned'), disturb: churn(CYCLES, channels, 'idle.churned') },
    ])
    return [
      atMost('an empty call', 2, timings.ratio('fresh', 'empty call')),
      atMost('an empty call, after 30 attach and detach', 2, timings.ratio('churned', 'empty call')),
      atMost('diagnostics_channel, after 30 attach and detach', 0.2, timings.ratio('churned', 'diagnostics_channel')),
      atMost('per call', 0, Math.floor(await bytesPerOperation(churned)), 'B'),
    ]
  },
}

function guarded(name: string, point: unknown): Candidate {
  return { name, body: `if (point.enabled) point.execute(${measurements}, ${metadata})`, scope: { point } }
}
