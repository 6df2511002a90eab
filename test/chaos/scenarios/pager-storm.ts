import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBus } from 'sonde'
import { attachAlerts } from 'sonde/handlers/alerts'
import { attachSlack } from 'sonde/handlers/slack'
import { attachWebhook } from 'sonde/handlers/webhook'
import { httpReceiver, type Receiver, readBody } from '../../delivery/receiver.ts'
import type { ChaosRun, Scenario } from '../scenario.ts'

const ALERTS = 10_000
/** What people are told of the storm itself. */
const GROUP_INTERVAL_MS = 30_000

/** A channel that takes one message a second and answers 429 to all others, and a webhook that takes what comes. */
interface Receivers {
  readonly slack: Receiver
  readonly webhook: Receiver
  readonly told: {
    readonly slack: string[]
    readonly webhook: { readonly firing: number; readonly ids: readonly string[] }[]
  }
  readonly refused: () => number
}

/** Reference A2 to A4 and D10. */
export const scenario: Scenario = {
  about:
    '10,000 alerts at once and one that flaps, to a channel that takes one message a second: few messages, and all is counted',
  async run({ scale }) {
    const receivers = await startReceivers(scale)
    const bus = createBus()
    const alerts = attachAlerts(bus, {
      rules: [
        { name: 'storm', event: 'chaos.storm', by: ['key'], windowMs: 3_600_000 },
        { name: 'flap', event: 'chaos.flap', windowMs: 200 },
      ],
      checkIntervalMs: 100,
      groupIntervalMs: GROUP_INTERVAL_MS * scale,
      suppression: { minIntervalMs: 300_000 * scale },
    })
    const slack = attachSlack(bus, { url: receivers.slack.url })
    const webhook = attachWebhook(bus, { url: receivers.webhook.url })
    const begun = performance.now()
    for (let i = 0; i < ALERTS; i++) bus.execute('chaos.storm', {}, { key: `key ${i}` })
    const storm = performance.now() - begun
    const flaps = await flap(bus, 20_000 * scale)
    await alerts.flush()
    await Promise.all([slack.flush(), webhook.flush()])
    const seconds = (performance.now() - begun) / 1_000
    const { occurrences, told, suppressed } = alerts.stats()
    const stormy = receivers.told.webhook.filter(({ firing }) => firing > 1)
    const heard = receivers.told.webhook.reduce((sum, { firing }) => sum + firing, 0)
    const problems = [
      ...(occurrences === told + suppressed
        ? []
        : [`${occurrences} occurrences, ${told} told and ${suppressed} suppressed`]),
      ...(occurrences === ALERTS + flaps ? [] : [`${occurrences} of ${ALERTS + flaps} occurrences`]),
      ...(heard >= ALERTS ? [] : [`people heard of ${heard} of ${ALERTS} alerts`]),
      ...(receivers.told.webhook.length <= 2 + 4 * Math.ceil((seconds * 1_000) / (GROUP_INTERVAL_MS * scale))
        ? []
        : [`${receivers.told.webhook.length} notifications in ${seconds.toFixed(1)} s`]),
      ...(receivers.refused() <= 2 ? [] : [`${receivers.refused()} messages were refused with 429`]),
      ...booksOf({ slack, webhook }),
    ]
    const books = [slack.ledger.snapshot(), webhook.ledger.snapshot()]
    await bus.close()
    await Promise.all([receivers.slack.close(), receivers.webhook.close()])
    return {
      load: `${ALERTS} alerts at once, ${flaps} occurrences of one that flaps`,
      faults: ['429 to all but one message a second'],
      accepted: books.reduce((sum, { accepted }) => sum + accepted, 0),
      delivered: books.reduce((sum, { delivered }) => sum + delivered, 0),
      dropped: {},
      duplicates:
        receivers.told.webhook.length - new Set(receivers.told.webhook.flatMap(({ ids }) => ids[0] ?? [])).size,
      figures: {
        storm_ms: Math.round(storm),
        notifications: receivers.told.webhook.length,
        of_the_storm: stormy.length,
        slack_messages: receivers.told.slack.length,
        refused: receivers.refused(),
      },
      problems,
    }
  },
}

async function startReceivers(scale: ChaosRun['scale']): Promise<Receivers> {
  const told: Receivers['told'] = { slack: [], webhook: [] }
  let due = 0
  let refused = 0
  const slack = await httpReceiver(async (request: IncomingMessage, response: ServerResponse) => {
    const body = String(await readBody(request))
    due = Math.max(due, performance.now()) + 1_000
    if (due - performance.now() > 3_000) {
      due -= 1_000
      refused++
      return void response.writeHead(429, { 'retry-after': '1' }).end()
    }
    told.slack.push(JSON.parse(body).text)
    response.end('ok')
  })
  const webhook = await httpReceiver(async (request, response) => {
    const { alerts, truncatedAlerts } = JSON.parse(String(await readBody(request)))
    const firing = alerts.filter(({ status }: { status: string }) => status === 'firing').length
    told.webhook.push({
      firing: firing === 0 ? 0 : firing + truncatedAlerts,
      ids: [String(request.headers['webhook-id'])],
    })
    // A receiver that has to look at ten thousand alerts.
    setTimeout(() => response.end(), 50 * scale)
  })
  return { slack, webhook, told, refused: () => refused }
}

/** Begins and ends, over and over. Returns how often something was wrong. */
async function flap(bus: ReturnType<typeof createBus>, forMs: number): Promise<number> {
  const end = performance.now() + forMs
  let count = 0
  while (performance.now() < end) {
    bus.execute('chaos.flap', {}, {})
    count++
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return count
}

function booksOf(sinks: Readonly<Record<string, Pick<ReturnType<typeof attachWebhook>, 'ledger'>>>): string[] {
  return Object.entries(sinks).flatMap(([name, { ledger }]) => {
    const { accepted, delivered } = ledger.snapshot()
    return accepted === delivered ? [] : [`${name}: ${delivered} of ${accepted} notifications delivered`]
  })
}
