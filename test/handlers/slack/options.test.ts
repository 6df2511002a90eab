import * as assert from 'uvu/assert'
import { checkSlackOptions, type SlackOptions } from '../../../handlers/slack/options.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/slack/options')
const url = 'https://hooks.slack.com/services/T0/B0/canary'
const bot = { token: 'xoxb-canary-1', channel: 'C024BE91L' }

function problemOf(options: object): string {
  try {
    // The cast: what is wrong with them may be their type.
    checkSlackOptions(options as SlackOptions)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('what is wrong is named, and no address or token is quoted', () => {
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{}, /needs the 'url' of an incoming webhook, or the 'token' of a bot and a 'channel'/],
    [{ url, token: bot.token }, /with it there is no 'token'/],
    [{ url: 'canary' }, /url/],
    [{ url: 'ftp://canary.example/x' }, /http/],
    [{ token: bot.token }, /'channel' must be the id/],
    [{ ...bot, channel: '#general' }, /'channel' must be the id/],
    [{ ...bot, token: 'xoxb-canary\r\nx: y' }, /needs the 'url'/],
    [{ ...bot, apiUrl: 'canary' }, /url/],
    [{ url, mention: '@here' }, /'mention' must be/],
    [{ url, mention: '<!here> <http://canary>' }, /'mention' must be/],
    [{ url, links: [{ text: 'x', url: 'javascript:alert(1)' }] }, /'links' must have a 'url'/],
    [{ url, links: [{ text: '', url }] }, /'links' must have a 'text'/],
    [{ url, links: [null] }, /'links' must have a 'text'/],
    [{ url, links: Array.from({ length: 6 }, () => ({ text: 'x', url })) }, /at most 5/],
    [{ url, links: [{ text: 'x', url: `https://example.com/?${'&'.repeat(100)}` }] }, /at most 500/],
    [{ url, template: 'x' }, /'template' must be a function/],
    [{ url, title: 'x'.repeat(101) }, /'title'/],
  ]
  for (const [options, problem] of rows) {
    const message = problemOf(options)
    assert.match(message, problem)
    assert.not.match(message, 'canary')
  }
})

test('a link is as a browser would write it: nothing in it ends it', () => {
  const { look } = checkSlackOptions({ url, links: [{ text: 'a', url: 'https://example.com/a b|<c>"' }] })
  assert.is(look.links[0]?.url, 'https://example.com/a%20b%7C%3Cc%3E%22')
})

test('a bot posts and changes messages at the address of the API', () => {
  const target = checkSlackOptions({ ...bot, apiUrl: 'http://127.0.0.1:1/api/' })
  assert.is(target.post, 'http://127.0.0.1:1/api/chat.postMessage')
  assert.is(target.update, 'http://127.0.0.1:1/api/chat.update')
  assert.is(checkSlackOptions(bot).post, 'https://slack.com/api/chat.postMessage')
  assert.is(checkSlackOptions({ url }).update, undefined)
})

test.run()
