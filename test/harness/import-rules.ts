import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { type Import, importsOf } from './imports-of.ts'
import type { SourceFile, Violation } from './source-file.ts'

/** Which folders of src a folder of src may import, beside itself. The table stands in src/README.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['core', 'layers', 'catalog'],
  core: [],
  layers: ['core'],
  context: ['core'],
  catalog: ['core', 'layers'],
  metrics: ['core', 'layers', 'catalog'],
  delivery: ['core', 'layers', 'catalog', 'context'],
  notify: ['core', 'layers', 'catalog', 'context', 'delivery'],
  runtime: ['core', 'layers', 'catalog', 'context'],
  testing: ['core', 'layers', 'catalog', 'context'],
  http: ['core', 'layers', 'catalog', 'context', 'delivery'],
  interop: ['core', 'layers', 'catalog', 'context', 'delivery'],
  wire: ['core'],
  cluster: ['core', 'layers', 'catalog', 'context', 'metrics', 'delivery', 'http', 'runtime', 'interop', 'wire'],
  actor: ['core', 'layers', 'catalog', 'context', 'cluster', 'wire'],
  bridge: ['core', 'layers', 'catalog', 'context', 'wire'],
  preset: [],
  cli: [],
}

/** Folders of src that are written like a user's program: over the published entries. */
const USE_PUBLISHED = new Set(['preset', 'cli'])

/** What a handler may import: what a third party would. */
const HANDLERS_MAY_IMPORT = new Set(
  ['sonde'].concat(
    ['catalog', 'metrics', 'delivery', 'notify', 'context', 'http', 'cluster'].map((name) => `sonde/${name}`),
  ),
)

/** Folders that run in a browser, Bun and Deno as they are. */
const PORTABLE = new Set(['index.ts', 'core', 'layers', 'catalog', 'metrics'])

/** Checks every import of src, handlers and examples against the table of who may import whom. */
export function importViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const check = checkFor(file.path)
    if (check === undefined) return []
    return importsOf(file).flatMap((one) => {
      const problem = check(one, file.path)
      return problem === undefined ? [] : [{ path: file.path, problem: `imports '${one.specifier}': ${problem}` }]
    })
  })
}

/** Checks that published code imports the packages it declares: at load time dependencies, lazily or as types peers too. */
export function packageViolations(
  files: readonly SourceFile[],
  { dependencies = {}, peerDependencies = {} }: { dependencies?: object; peerDependencies?: object },
): Violation[] {
  // The command brings its own packages with it.
  const published = files.filter(({ path }) => /^(?:src|handlers)\//.test(path) && !path.startsWith('src/cli/'))
  return published.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, typeOnly, lazy }) => {
      const name = packageName(specifier)
      if (name === undefined || name in dependencies) return []
      if ((typeOnly || lazy) && name in peerDependencies) return []
      const way = name in peerDependencies ? 'an optional peer is imported lazily' : 'package.json does not declare it'
      return [{ path: file.path, problem: `imports '${specifier}': ${way}` }]
    }),
  )
}

type Check = (one: Import, path: string) => string | undefined

function checkFor(path: string): Check | undefined {
  const [top, folder = ''] = path.split('/')
  if (top === 'handlers') return checkHandler
  if (top === 'examples') return checkExample
  if (top !== 'src' || !path.endsWith('.ts')) return undefined
  return folder in MAY_IMPORT ? checkSource : () => `src/${folder} has no row in the import table`
}

function checkSource({ specifier }: Import, path: string): string | undefined {
  const folder = path.split('/')[1] ?? ''
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return "write it with 'node:'"
    return PORTABLE.has(folder) ? `${folder} runs outside Node` : undefined
  }
  if (isSonde(specifier)) return checkPublishedUse(specifier, folder)
  if (!specifier.startsWith('.'))
    return folder === 'core' && specifier !== 'mitt' ? 'core imports mitt only' : undefined

  const target = posix.join(posix.dirname(path), specifier)
  if (!target.startsWith('src/')) return 'it is outside src'
  if (target === 'src/index.ts' || /^src\/[^/]+\/index\.ts$/.test(target)) return 'import the file, not an index'
  const other = target.split('/')[1] ?? ''
  if (other === folder) return undefined
  if (other === 'testing') return 'nobody imports testing'
  return MAY_IMPORT[folder]?.includes(other) ? undefined : `${folder} may not import ${other}`
}

function checkPublishedUse(specifier: string, folder: string): string | undefined {
  if (!USE_PUBLISHED.has(folder)) return 'src imports files, not its own published names'
  return specifier === 'sonde/testing' ? 'nobody imports testing' : undefined
}

function checkHandler({ specifier }: Import, path: string): string | undefined {
  if (isSonde(specifier)) return HANDLERS_MAY_IMPORT.has(specifier) ? undefined : 'a handler may not import this entry'
  if (isBuiltin(specifier) && !specifier.startsWith('node:')) return "write it with 'node:'"
  if (!specifier.startsWith('.')) return undefined
  const own = path.split('/').slice(0, 2).join('/')
  return posix.join(posix.dirname(path), specifier).startsWith(`${own}/`) ? undefined : 'it is outside the handler'
}

function checkExample({ specifier }: Import, path: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return posix.join(posix.dirname(path), specifier).startsWith('examples/') ? undefined : 'use the published entry'
}

function isSonde(specifier: string): boolean {
  return specifier === 'sonde' || specifier.startsWith('sonde/')
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

function packageName(specifier: string): string | undefined {
  if (specifier.startsWith('.') || isSonde(specifier) || isBuiltin(specifier)) return undefined
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}
