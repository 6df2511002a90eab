/**
 * The build: every published subpath is an entry, found by itself. src/index.ts is 'sonde', src/<folder>/index.ts is
 * 'sonde/<folder>', handlers/<name>/index.ts is 'sonde/handlers/<name>'. What entries share goes to dist/chunks, so that
 * each module exists once whoever imports it.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dts } from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

const root = dirname(fileURLToPath(import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })

/** @type {Record<string, string>} entry name to source, without the extension: { 'handlers/slack': 'handlers/slack/index' } */
const entries = {
  index: 'src/index.ts',
  ...entriesIn('src', ''),
  ...entriesIn('handlers', 'handlers/'),
}

function entriesIn(folder, prefix) {
  const names = readdirSync(join(root, folder)).filter((name) => existsSync(join(root, folder, name, 'index.ts')))
  return Object.fromEntries(names.map((name) => [prefix + name, `${folder}/${name}/index.ts`]))
}

/** Handlers import 'sonde' by name, as a third party does; here the name is the source. */
const ownNames = {
  name: 'own-names',
  resolveId(id) {
    if (id !== 'sonde' && !id.startsWith('sonde/')) return null
    const entry = entries[id === 'sonde' ? 'index' : id.slice('sonde/'.length)]
    return entry === undefined ? this.error(`'${id}' has no source`) : join(root, entry)
  },
}

const clean = { name: 'clean', buildStart: () => rmSync(join(root, 'dist'), { recursive: true, force: true }) }

/** What Python workers run is part of the bridge. */
const python = {
  name: 'python',
  writeBundle: () =>
    cpSync(join(root, 'src/bridge/python'), join(root, 'dist/python'), {
      recursive: true,
      filter: (path) => !path.includes('__pycache__'),
    }),
}

const external = (id) =>
  id.startsWith('node:') ||
  builtinModules.includes(id) ||
  installed.some((name) => id === name || id.startsWith(`${name}/`))

/** The bus in one file, apart from the default one, which is made when its file is loaded: every file costs a start some time. */
function manualChunks(id) {
  const file = relative(join(root, 'src'), id)
  if (file.startsWith('core/') && file !== 'core/default-bus.ts') return 'core'
  return file.startsWith('layers/') ? 'layers' : null
}

const output = { dir: 'dist', format: 'es', chunkFileNames: 'chunks/[name].js', manualChunks }

export default [
  {
    input: entries,
    external,
    output,
    plugins: [clean, ownNames, esbuild({ target: 'node20', sourceMap: false }), python],
    onwarn: failOnWarning,
  },
  {
    input: entries,
    external,
    output: { dir: 'dist', format: 'es', chunkFileNames: 'chunks/[name].d.ts' },
    plugins: [ownNames, dts()],
    onwarn: failOnWarning,
  },
]

/** A warning of the bundler (an unresolved name, a cycle between chunks) is a mistake of ours. */
function failOnWarning(warning) {
  throw new Error(`rollup: ${warning.message}`)
}
