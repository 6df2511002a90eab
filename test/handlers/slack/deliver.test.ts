import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { attachSlack } from '../../../handlers/slack/index.ts'
import type { SlackOptions } from '../../../handlers/slack/options.ts'
import { createBus } from '../../../src/core/bus.ts'
import { fastClock } from '../../harness/fast-clock.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { tell } from '../../notify/tell.ts'
import { channel, type StrictSlack, startStrictSlack, token } from './strict-slack.ts'

const test = suite('handlers/slack/deliver', { limitMs: 20_000 })

const told = { rule: 'slow', group: 'g' }

async function withSlack(body: (slack: StrictSlack, attach: (more?: Partial<SlackOptions>) => Setup) => Promise<void>) {
  const slack = await startStrictSlack()
  const setups: Setup[] = []
  try {
    await body(slack, (more = {}) => {
      const bus = createBus({ clock: fastClock() })
      // The cast: `more` may turn the bot into a webhook.
      const options = { token, channel, apiUrl: slack.url, ...more } as SlackOptions
      const setup = { bus, slack: attachSlack(bus, options) }
      setups.push(setup)
      return setup
    })
  } finally {
    for (const setup of setups) setup.slack.detach()
    await slack.close()
  }
}

interface Setup {
  readonly bus: ReturnType<typeof createBus>
  readonly slack: ReturnType<typeof attachSlack>
}

const lines = (slack: StrictSlack) =>
  slack.posted.map(
    ({ threadTs, message, updates }) =>
      `${threadTs === undefined ? '' : '> '}${message.text}${updates > 0 ? ' (changed)' : ''}`,
  )

test('what follows is told below the first message, which says when all is over', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach()
    tell(bus, { ...told, message: 'slow' })
    await slack.flush()
    tell(bus, { ...told, message: 'still slow', reason: 'repeat' })
    await slack.flush()
    tell(bus, { ...told, message: 'fast again' }, {}, 'telemetry.alert.resolved')
    await slack.flush()
    tell(bus, { ...told, message: 'slow once more' })
    await slack.flush()
    assert.equal(lines(server), [
      '[RESOLVED] fast again (changed)',
      '> [FIRING] still slow',
      '> [RESOLVED] fast again',
      '[FIRING] slow once more',
    ])
    assert.is(server.posted[0]?.message.attachments[0]?.color, 'good')
    assert.equal(server.refusals, [])
  }))

test('a group is over when its last alert is', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach()
    for (const rule of ['a', 'b']) tell(bus, { ...told, rule, notification_id: 'n-both' })
    await slack.flush()
    tell(bus, { ...told, rule: 'a' }, {}, 'telemetry.alert.resolved')
    await slack.flush()
    assert.is(server.posted[0]?.updates, 0)
    tell(bus, { ...told, rule: 'b' }, {}, 'telemetry.alert.resolved')
    await slack.flush()
    assert.is(server.posted[0]?.updates, 1)
  }))

test('an end that breaks off between its two requests is told once below', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach()
    tell(bus, told)
    await slack.flush()
    const fail = (_request: unknown, response: { destroy(): void }) => response.destroy()
    const internal = (_request: unknown, response: { end(text: string): void }) =>
      response.end('{"ok":false,"error":"internal_error"}')
    tell(bus, { ...told, message: 'over' }, {}, 'telemetry.alert.resolved')
    await new Promise((resolve) => setImmediate(resolve))
    server.answers.push(fail, internal)
    await slack.flush()
    assert.equal(lines(server).slice(1), ['> [RESOLVED] over'])
    assert.is(server.posted[0]?.message.text, '[RESOLVED] over')
  }))

test('a first message that could not be changed for now is changed by the next attempt', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach()
    tell(bus, told)
    await slack.flush()
    server.answers.push((_request, response) => void response.destroy())
    tell(bus, { ...told, message: 'over' }, {}, 'telemetry.alert.resolved')
    await slack.flush()
    assert.equal(lines(server), ['[RESOLVED] over (changed)', '> [RESOLVED] over'])
  }))

test('in place of a thread that is gone there is a new one', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach()
    tell(bus, { ...told, message: 'one' })
    await slack.flush()
    server.forget(server.posted[0]?.ts ?? '')
    tell(bus, { ...told, message: 'two' })
    await slack.flush()
    tell(bus, { ...told, message: 'three' })
    await slack.flush()
    assert.equal(lines(server), ['[FIRING] two', '> [FIRING] three'])
    server.forget(server.posted[0]?.ts ?? '')
    tell(bus, { ...told, message: 'over' }, {}, 'telemetry.alert.resolved')
    await slack.flush()
    assert.equal(lines(server).at(-1), '[RESOLVED] over')
  }))

test('a thread is found again after a restart', () =>
  withSlack(async (server, attach) => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-slack-'))
    const first = attach({ directory })
    tell(first.bus, { ...told, message: 'one' })
    await first.slack.flush()
    first.slack.detach()
    assert.ok(existsSync(join(directory, 'slack-threads.json')))
    const second = attach({ directory })
    tell(second.bus, { ...told, message: 'over' }, {}, 'telemetry.alert.resolved')
    await second.slack.flush()
    second.slack.detach()
    assert.equal(lines(server), ['[RESOLVED] over (changed)', '> [RESOLVED] over'])
    removeDirectory(directory)
  }))

test('two handlers of one directory are one too many, and nothing of the second one stays', () =>
  withSlack(async (_server, attach) => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-slack-'))
    attach({ directory })
    assert.throws(
      () => attach({ directory }),
      (error: Error) => 'code' in error && error.code === 'directory_in_use',
    )
    removeDirectory(directory)
  }))

test('options that are refused late leave no lock behind', () =>
  withSlack(async (_server, attach) => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-slack-'))
    assert.throws(() => attach({ directory, maxAlerts: 0 }), /maxAlerts/)
    attach({ directory })
    removeDirectory(directory)
  }))

test('what Slack refuses for good is a dead letter with its word for it', () =>
  withSlack(async (server, attach) => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-slack-'))
    const { bus, slack } = attach({ directory, channel: 'C0NOBODY' } as Partial<SlackOptions>)
    tell(bus, told)
    await slack.flush()
    slack.detach()
    assert.equal(
      slack.deadLetters().map(({ reason, detail }) => `${reason} ${detail}`),
      ['permanent channel_not_found'],
    )
    assert.equal(server.posted, [])
    removeDirectory(directory)
  }))

test('a template makes the message, and one that fails a dead letter', () =>
  withSlack(async (server, attach) => {
    const templates: readonly NonNullable<SlackOptions['template']>[] = [
      ({ alerts }) => ({ text: `own: ${alerts[0]?.rule}` }),
      () => {
        throw new Error('canary')
      },
      () => Promise.resolve({ text: 'late' }),
      () => ({ text: 1n }),
    ]
    for (const template of templates) {
      const directory = mkdtempSync(join(tmpdir(), 'sonde-slack-'))
      const { bus, slack } = attach({ directory, template })
      tell(bus, told)
      await slack.flush()
      slack.detach()
      const [letter] = slack.deadLetters()
      if (template === templates[0]) assert.is(letter, undefined)
      else assert.is(letter?.detail, 'the template has thrown, or has made no message')
      removeDirectory(directory)
    }
    assert.equal(lines(server), ['own: slow'])
  }))

test('a webhook takes one message for each notification, and knows of no threads', () =>
  withSlack(async (server, attach) => {
    const { bus, slack } = attach({
      url: server.hook,
      token: undefined,
      channel: undefined,
      apiUrl: undefined,
    } as Partial<SlackOptions>)
    tell(bus, told)
    tell(bus, told, {}, 'telemetry.alert.resolved')
    await slack.flush()
    assert.equal(lines(server), ['[FIRING] slow is above its limit', '[RESOLVED] slow is above its limit'])
  }))

test.run()
