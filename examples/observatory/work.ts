import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { telemetry } from 'sonde'
import { slowness } from './slowness.ts'

const repository = new URL('../../', import.meta.url)
const zip = {
  gzip: (content: Uint8Array) => promisify(gzip)(content),
  br: (content: Uint8Array) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
}

const fileRead = telemetry.operation('observatory.file.read')
const digestion = telemetry.operation('observatory.digest')
const compression = telemetry.operation('observatory.compress')
const archiving = telemetry.operation('observatory.archive')

/** Reads a file of this repository. Rejects for one that is not there. */
export function readSource(file: string): Promise<Buffer> {
  return fileRead.span({ file }, async (span) => {
    if (slowness.delayMs > 0) await sleep(slowness.delayMs)
    const content = await readFile(new URL(file, repository))
    span.measure({ size: content.length })
    return content
  })
}

/** SHA-256 of a file, fed back `rounds` times: work for the processor. */
export function digest(file: string, rounds: number): Promise<string> {
  return digestion.span({ rounds }, async () => {
    let result: Uint8Array = await readSource(file)
    for (let round = 0; round < rounds; round++) result = createHash('sha256').update(result).digest()
    return Buffer.from(result).toString('hex')
  })
}

/** `content` compressed on the thread pool: `br` is set to compress well, and slowly. */
export function compress(content: Uint8Array, encoding: 'gzip' | 'br'): Promise<Buffer> {
  return compression.span({ encoding }, async (span) => {
    const compressed = await zip[encoding](content)
    span.measure({ ratio: compressed.length / Math.max(content.length, 1) })
    return compressed
  })
}

/** A file compressed in both codings at the same time; the shorter result. */
export function archive(file: string): Promise<Buffer> {
  return archiving.span({}, async () => {
    const content = await readSource(file)
    const [zipped, squeezed] = await Promise.all([compress(content, 'gzip'), compress(content, 'br')])
    return zipped.length < squeezed.length ? zipped : squeezed
  })
}

/** The versions of all packages of a lock file, as JSON. A function like any other, wrapped in a span. */
export const report: (file: string) => Promise<string> = telemetry.instrument('observatory.report', async (file) => {
  const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(String(await readSource(file)))
  const versions = Object.entries(packages).map(([path, { version }]) => ({ path, version }))
  return JSON.stringify({ count: versions.length, versions })
})
