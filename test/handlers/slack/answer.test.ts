import * as assert from 'uvu/assert'
import { classifyApi, classifyHook, readAnswer } from '../../../handlers/slack/answer.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/slack/answer')

test('a webhook has taken a message when it says ok, and nothing else is that', () => {
  const rows: readonly (readonly [status: number, body: string, outcome: string])[] = [
    [200, 'ok', 'delivered'],
    [200, 'ok\n', 'delivered'],
    [200, '{"ok":true}', 'delivered'],
    [200, '', 'permanent'],
    [200, 'no_service', 'permanent'],
    [200, 'OK then', 'permanent'],
    [200, '{"ok":false,"error":"invalid_payload"}', 'permanent'],
    [200, '{"ok":false,"error":"ratelimited"}', 'retry'],
    [200, '{"ok":"true"}', 'permanent'],
    [400, 'invalid_payload', 'permanent'],
    [403, 'action_prohibited', 'permanent'],
    [404, 'channel_not_found', 'permanent'],
    [410, 'channel_is_archived', 'permanent'],
    [302, 'ok', 'permanent'],
    [408, '', 'retry'],
    [429, '', 'retry'],
    [500, 'rollup_error', 'retry'],
    [503, 'ok', 'retry'],
  ]
  for (const [status, body, outcome] of rows) assert.is(classifyHook(status, body), outcome, `${status} ${body}`)
})

test('the Web API says in the body what has happened', () => {
  const rows: readonly (readonly [status: number, body: string, outcome: string])[] = [
    [200, '{"ok":true,"ts":"1.2","channel":"C1"}', 'delivered'],
    [200, '{"ok":false,"error":"ratelimited"}', 'retry'],
    [200, '{"ok":false,"error":"internal_error"}', 'retry'],
    [200, '{"ok":false,"error":"invalid_auth"}', 'permanent'],
    [200, '{"ok":false,"error":"channel_not_found"}', 'permanent'],
    [200, '{"ok":false}', 'retry'],
    [200, '<html>a proxy</html>', 'retry'],
    [200, '[]', 'retry'],
    [200, 'null', 'retry'],
    [429, '{"ok":true}', 'retry'],
    [401, '{"ok":true}', 'permanent'],
    [502, '', 'retry'],
  ]
  for (const [status, body, outcome] of rows) assert.is(classifyApi(status, body), outcome, `${status} ${body}`)
})

test('of an answer only words of the shape of Slack’s are taken', () => {
  assert.equal(readAnswer('{"ok":true,"ts":"1700000000.000100","channel":"C024BE91L","error":"x"}'), {
    ok: true,
    error: 'x',
    ts: '1700000000.000100',
    channel: 'C024BE91L',
  })
  assert.equal(readAnswer('{"ok":1,"ts":5,"channel":"../","error":"https://hooks.slack.com/secret"}'), {
    ok: false,
    error: '',
  })
})

test.run()
