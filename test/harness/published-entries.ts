import type { SourceFile, Violation } from './source-file.ts'

/** The `exports` of a package.json. */
export type Exports = Readonly<Record<string, unknown>>

/** What the sources publish: entry name to its file in dist without extension, `{ './metrics': 'metrics' }`. */
export function publishedEntries(files: readonly SourceFile[]): Map<string, string> {
  const entries = new Map<string, string>()
  for (const { path } of files) {
    if (path === 'src/index.ts') entries.set('.', 'index')
    const folder = /^src\/([^/]+)\/index\.ts$/.exec(path)?.[1]
    if (folder !== undefined) entries.set(`./${folder}`, folder)
    const handler = /^handlers\/([^/]+)\/index\.ts$/.exec(path)?.[1]
    if (handler !== undefined) entries.set(`./handlers/${handler}`, `handlers/${handler}`)
  }
  return entries
}

/** Where `exports` and the sources disagree: a source nobody can import, or a name with nothing behind it. */
export function exportViolations(files: readonly SourceFile[], exports: Exports): Violation[] {
  const entries = publishedEntries(files)
  const found: Violation[] = []
  const blame = (problem: string): void => void found.push({ path: 'package.json', problem })
  const handlers = [...entries.keys()].filter((name) => name.startsWith('./handlers/'))

  for (const [name, file] of entries) {
    if (handlers.includes(name)) continue
    if (!(name in exports)) blame(`exports lacks '${name}'`)
    else if (!pointsTo(exports[name], file)) blame(`exports['${name}'] is not dist/${file}.js with its .d.ts`)
  }
  if (handlers.length > 0 && !pointsTo(exports['./handlers/*'], 'handlers/*')) blame("exports lacks './handlers/*'")
  for (const name of Object.keys(exports)) {
    if (name === './package.json' || entries.has(name)) continue
    if (name !== './handlers/*' || handlers.length === 0) blame(`exports['${name}'] has no source`)
  }
  return found
}

/** `types` comes first: conditions are taken in order. */
function pointsTo(target: unknown, file: string): boolean {
  return JSON.stringify(target) === JSON.stringify({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` })
}
