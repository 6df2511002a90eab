/** From a slow operation to the message in Slack. Here the program is its own Slack, and prints what came. */
import { createServer } from 'node:http'
import { telemetry } from 'sonde'
import { attachAlerts } from 'sonde/handlers/alerts'
import { attachSlack } from 'sonde/handlers/slack'

const slack = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { text, attachments } = JSON.parse(body)
  console.log(text, attachments[0].color)
  for (const { fields = [] } of attachments[0].blocks)
    for (const field of fields) console.log(`  ${field.text.replace('\n', ' ')}`)
  response.end('ok')
})
await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve))
const address = slack.address()
const port = typeof address === 'object' ? address?.port : undefined

const alerts = attachAlerts(telemetry, {
  rules: [
    {
      name: 'slow_order',
      kind: 'performance_degradation',
      event: 'shop.order.stop',
      measurement: 'duration',
      stat: 'p95',
      above: '1s',
      by: ['shop'],
      minCount: 5,
      severity: 'critical',
      summary: 'orders in {shop} are slow',
    },
  ],
})
// With a `directory` messages survive a restart; with the `token` of a bot what follows comes in a thread.
const sink = attachSlack(telemetry, {
  url: `http://127.0.0.1:${port}/services/T0/B0/secret`,
  title: 'shop',
  mention: '<!here>',
})

// As spans would emit them, whose durations nobody can print: 2.5 s each.
for (let i = 0; i < 10; i++)
  telemetry.execute('shop.order.stop', { duration: 2_500_000_000 }, { shop: 'Reykjavík <north>' })

// By itself it looks every ten seconds.
alerts.check()
await sink.flush()
await telemetry.close()
slack.close()

// Output:
// <!here> shop: [FIRING] orders in Reykjavík &lt;north&gt; are slow danger
//   *Type* performance_degradation
//   *Severity* critical
//   *Details* 2.5 s, limit 1 s
//   *Occurrences* 1
//   *shop* Reykjavík &lt;north&gt;
