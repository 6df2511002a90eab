import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** The bench's folder and the repository's. */
export const benchDirectory: string = fileURLToPath(new URL('.', import.meta.url))
export const rootDirectory: string = join(benchDirectory, '../..')

/** Inside `node_modules`, so that the peers resolve from it and git ignores it. */
const output = join(benchDirectory, 'node_modules/.cache/sonde-bench')

/** Keeps the library a module of its own, apart from the rows and the peers. */
const libraryApart: Plugin = {
  name: 'library-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/library\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: pathToFileURL(join(output, 'library.js')).href, external: true },
    ),
}

/** The names users import, as the files they get. Bundled anew, constants would become variables, which V8 checks on every read. */
const libraryFromDist: Plugin = {
  name: 'library-from-dist',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^sonde(?:\/|$)/ }, ({ path }) => {
      const entry = path === 'sonde' ? 'index' : path.slice('sonde/'.length)
      return { path: pathToFileURL(join(rootDirectory, 'dist', `${entry}.js`)).href, external: true }
    }),
}

/**
 * Builds the library, and the rows that measure it, to plain JavaScript; returns the path of the rows' entry. What is
 * timed is then the code that users run, `dist`: tsx would wrap every function to keep its name.
 */
export async function buildBench(): Promise<string> {
  rmSync(output, { recursive: true, force: true })
  const common = {
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: output,
    absWorkingDir: benchDirectory,
    tsconfig: join(rootDirectory, 'tsconfig.json'),
    logLevel: 'error',
  } as const
  execFileSync('npm', ['run', 'build'], { cwd: rootDirectory, stdio: 'pipe' })
  await build({ ...common, entryPoints: ['library.ts'], plugins: [libraryFromDist] })
  await build({
    ...common,
    entryPoints: ['child.ts', 'probes/actors.ts', 'probes/await.ts', 'probes/names.ts', 'probes/scope.ts'],
    outbase: benchDirectory,
    splitting: true,
    packages: 'external',
    plugins: [libraryApart],
  })
  return join(output, 'child.js')
}
