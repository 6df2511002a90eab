import { createServer, Agent as HttpsAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { type PostOptions, type PostResult, post } from '../../src/delivery/index.ts'
import { type Certificate, makeCertificate } from '../harness/certificate.ts'
import { suite } from '../harness/suite.ts'

const test = suite('integration: post over TLS')

/** Sends once to a receiver with this certificate; `requests` is what it has seen. */
async function exchange(
  shown: Certificate,
  options: PostOptions,
  version: 'TLSv1.3' | 'TLSv1.1' = 'TLSv1.3',
): Promise<PostResult & { readonly requests: number }> {
  let requests = 0
  const settings = { ...shown, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const
  const server = createServer(settings, (request, response) => {
    requests++
    request.resume().on('end', () => response.end('ok'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  const result = await post(`https://127.0.0.1:${port}/canary-path`, '{}', options)
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  return { ...result, requests }
}

const ours = makeCertificate('IP:127.0.0.1')
const theirs = makeCertificate('IP:127.0.0.1')
const elsewhere = makeCertificate('DNS:canary-host.example')

/** That the receiver got nothing, and that the reason is a code and no address. */
function assertNotTrusted({ outcome, reason, body, requests }: Awaited<ReturnType<typeof exchange>>, code: RegExp) {
  assert.equal([outcome, body, requests], ['retry', '', 0])
  assert.match(reason, code)
  assert.not.match(reason, /canary|127\.0\.0\.1/)
}

test('an authority of one’s own is trusted through the agent', async () => {
  const agent = new HttpsAgent({ ca: ours.cert })
  const { outcome, status, body, requests } = await exchange(ours, { agent })
  assert.equal([outcome, status, body, requests], ['delivered', 200, 'ok', 1])
})

test('a certificate that nobody has signed is not trusted by default', async () => {
  assertNotTrusted(await exchange(ours, {}), /^DEPTH_ZERO_SELF_SIGNED_CERT$/)
})

test('a certificate of another authority, for another host, and a version without trust are retries', async () => {
  const agent = new HttpsAgent({ ca: ours.cert })
  assertNotTrusted(await exchange(theirs, { agent }), /^DEPTH_ZERO_SELF_SIGNED_CERT$/)
  assertNotTrusted(await exchange(ours, { agent }, 'TLSv1.1'), /^[A-Z_\d]*(?:PROTOCOL|EPROTO)[A-Z_\d]*$/)
  const other = new HttpsAgent({ ca: elsewhere.cert })
  assertNotTrusted(await exchange(elsewhere, { agent: other }), /^ERR_TLS_CERT_ALTNAME_INVALID$/)
})

test('no option of post turns the checks off', async () => {
  // The cast: a JavaScript caller.
  const options = { rejectUnauthorized: false, insecure: true, checkServerIdentity: () => undefined } as PostOptions
  assertNotTrusted(await exchange(ours, options), /^DEPTH_ZERO_SELF_SIGNED_CERT$/)
})

test.run()
