import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, Agent as HttpsAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type PostOptions, type PostResult, post } from '../../src/delivery/index.ts'
import { requireProgram } from '../harness/daemon.ts'
import { suite } from '../harness/suite.ts'

interface Certificate {
  readonly key: string
  readonly cert: string
}

const test = suite('integration: post over TLS')
const folder = mkdtempSync(join(tmpdir(), 'sonde-tls-'))
test.after(() => rmSync(folder, { recursive: true }))

/** A certificate of its own authority for `name`, valid for a day. */
function certificate(file: string, name: string): Certificate {
  requireProgram('openssl')
  const [keyFile, certFile] = [join(folder, `${file}.key`), join(folder, `${file}.crt`)]
  const kind = 'req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1 -subj /CN=sonde'.split(' ')
  const written = ['-addext', `subjectAltName=${name}`, '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...kind, ...written], { stdio: 'pipe' })
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') }
}

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

const ours = certificate('ours', 'IP:127.0.0.1')
const theirs = certificate('theirs', 'IP:127.0.0.1')
const elsewhere = certificate('elsewhere', 'DNS:canary-host.example')

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
