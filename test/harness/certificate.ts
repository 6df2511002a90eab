import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireProgram } from './daemon.ts'

/** A key and its certificate, in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes a certificate for `name` (`IP:127.0.0.1`) that is an authority of its own, valid for a day. */
export function makeCertificate(name: string): Certificate {
  requireProgram('openssl')
  const folder = mkdtempSync(join(tmpdir(), 'sonde-tls-'))
  const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')]
  const kind = 'req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 1 -subj /CN=sonde'.split(' ')
  const written = ['-addext', `subjectAltName=${name}`, '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...kind, ...written], { stdio: 'pipe' })
  const made = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') }
  rmSync(folder, { recursive: true })
  return made
}
