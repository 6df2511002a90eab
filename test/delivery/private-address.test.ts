import { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'
import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { post } from '../../src/delivery/post.ts'
import type { PostOptions } from '../../src/delivery/post-target.ts'
import { isPrivateAddress, publicLookup } from '../../src/delivery/private-address.ts'
import { suite } from '../harness/suite.ts'
import { httpReceiver, type Receiver } from './receiver.ts'

const test = suite<{ receiver: Receiver; requests: number }>('delivery/private-address')
test.before.each(async (context) => {
  context.requests = 0
  context.receiver = await httpReceiver((request, response) => {
    context.requests++
    request.resume().on('end', () => response.end())
  })
})
test.after.each(({ receiver }) => receiver.close())

/** A resolver that gives these answers, one a call, in the form that it was asked for. */
function resolver(...answers: readonly (readonly string[])[]): LookupFunction {
  const left = [...answers]
  return (_hostname, { all }, callback) => {
    const found = (left.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    const [first] = found
    if (first === undefined) callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), '')
    else if (all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }
}

/** What became of one post with private addresses blocked. */
async function outcomeOf(url: string, options: PostOptions = {}): Promise<string> {
  try {
    const { outcome, reason } = await post(url, '{}', { blockPrivate: true, ...options })
    return `${outcome}: ${reason}`
  } catch (error) {
    return error instanceof TelemetryError && /private address/.test(error.message) ? 'refused' : String(error)
  }
}

test('the edges of every range are inside, their neighbours are not', () => {
  const inside = `0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255 169.254.0.0
    169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 224.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: fc00::
    fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1`
  const outside = `1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
    169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 8.8.8.8
    2001:4860:4860::8888 fbff::1 64:ff9a::1 ::1:0:0:1 localhost hooks.example 127.1`
  for (const address of inside.split(/\s+/)) assert.ok(isPrivateAddress(address), address)
  for (const address of outside.split(/\s+/)) assert.not(isPrivateAddress(address), address)
})

test('forty ways to write an address in a URL reach nobody', async ({ receiver: { port, accepted } }) => {
  const hosts =
    `127.0.0.1 127.1 127.0.1 127.255.255.254 0x7f.1 0x7f000001 0x7f.0x0.0x0.0x1 0177.0.0.1 017700000001 2130706433
    127.0.0.1. %31%32%37.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 0 0.0.0.0 0x0 00000000 [::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::7f00:1]
    [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [fc00::1] [fd00::1]
    [fe80::1] [ff02::1] 10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 0xa9fea9fe 100.64.0.1 user:pass@127.0.0.1
    8.8.8.8@127.0.0.1`.split(/\s+/)
  assert.is(hosts.length, 40)
  for (const host of hosts) assert.is(await outcomeOf(`http://${host}:${port}/`), 'refused', host)
  assert.is(accepted(), 0)
})

test('a name is judged by where it leads', async ({ receiver: { port, accepted } }) => {
  for (const name of ['localhost', 'LOCALHOST']) {
    assert.is(await outcomeOf(`http://${name}:${port}/`), 'permanent: the address is private')
  }
  const lookup = resolver(['127.0.0.1', '::1', '10.0.0.1'])
  assert.is(await outcomeOf(`http://rebind.test:${port}/`, { lookup }), 'permanent: the address is private')
  assert.is(await outcomeOf(`http://nowhere.test:${port}/`, { lookup }), 'retry: ENOTFOUND')
  assert.is(accepted(), 0)
})

test('a resolver that changes its mind is asked once a connection, and what it said then is what counts', async (context) => {
  const { port, accepted } = context.receiver
  const seen: unknown[] = []
  const lookup = publicLookup(resolver(['203.0.113.1', '127.0.0.1'], ['127.0.0.1'], ['203.0.113.9']))
  const ask = (all: boolean) =>
    lookup('rebind.test', { all }, (error, ...found) => void seen.push(error?.message ?? found))
  for (const all of [true, false, false, true]) ask(all)
  assert.equal(seen, [[[{ address: '203.0.113.1', family: 4 }]], 'ERR_PRIVATE_ADDRESS', ['203.0.113.9', 4], 'none'])
  const options = { lookup: resolver([], ['127.0.0.1'], ['::ffff:127.0.0.1']) }
  const url = `http://rebind.test:${port}/`
  for (const wanted of ['retry: ENOTFOUND', ...Array(2).fill('permanent: the address is private')]) {
    assert.is(await outcomeOf(url, options), wanted)
  }
  assert.is(accepted(), 0)
})

test('an agent that has a lookup or a connection of its own sends nothing to a private address', async (context) => {
  const agent = new Agent({ keepAlive: true, lookup: resolver(['127.0.0.1'], ['127.0.0.1']) })
  const target = `http://rebind.test:${context.receiver.port}/`
  assert.is(await outcomeOf(target, { agent }), 'permanent: the address is private')
  assert.is(context.requests, 0)
  assert.is((await post(target, '{}', { agent })).outcome, 'delivered')
  // The connection of the post before is still open, and no lookup is needed to use it.
  assert.is(await outcomeOf(target, { agent }), 'permanent: the address is private')
  assert.is(context.requests, 1)
  agent.destroy()
})

test('nothing is blocked unless it is asked for, and only true and false are answers', async ({
  receiver: { port },
}) => {
  const lookup = resolver(['127.0.0.1'])
  assert.is((await post(`http://own.test:${port}/`, '{}', { lookup })).outcome, 'delivered')
  assert.match(await outcomeOf('http://127.0.0.1/', { blockPrivate: JSON.parse('"true"') }), /'blockPrivate' must be/)
})

test.run()
