import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { telemetry } from 'sonde'

const repository = new URL('../../', import.meta.url)
const zip = {
  gzip: (content: Uint8Array) => promisify(gzip)(content),
  br: (content: Uint8Array) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
}

const fileRead = telemetry.operation('observatory.file.read')
const digestion = telemetry.operation('observatory.digest')
const compression = telemetry.operation('observatory.compress')

/** Reads a file of this repository. Rejects for one that is not there. */
export function readSource(file: string): Promise<Buffer> {
  return fileRead.span({ file }, async (span) => {
    const content = await readFile(new URL(file, repository))
    span.measure({ size: content.length })
    return content
  })
}

/** SHA-256 of `content`, fed back `rounds` times: work for the processor. */
export function digest(content: Uint8Array, rounds: number): string {
  return digestion.span({ rounds }, () => {
    let result: Uint8Array = content
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

/** The versions of all packages of a lock file, as JSON. The same function as before, wrapped in a span. */
export const report: (lockFile: string) => string = telemetry.instrument('observatory.report', (lockFile) => {
  const { packages }: { packages: Record<string, { version?: string }> } = JSON.parse(lockFile)
  const versions = Object.entries(packages).map(([path, { version }]) => ({ path, version }))
  return JSON.stringify({ count: versions.length, versions })
})
