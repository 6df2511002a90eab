import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')

export interface Compilation {
  /** One line each: where, code, message. */
  readonly errors: readonly string[]
  /** What `--extendedDiagnostics` calls `Check time`, in seconds. */
  readonly checkSeconds: number
  /** How many types were made from generic ones: the same on every machine. */
  readonly instantiations: number
}

/** Writes the declarations of our sources to `folder`, as a user of the package gets them. */
export async function writeDeclarations(folder: string): Promise<void> {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'))
  const compilerOptions = { isolatedDeclarations: true, verbatimModuleSyntax: true }
  for (const file of files) {
    const source = await readFile(join(root, 'src', file), 'utf8')
    const target = join(folder, file.replace(/\.ts$/, '.d.ts'))
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, ts.transpileDeclaration(source, { fileName: file, compilerOptions }).outputText)
  }
}

/** Compiles `files` as a user's program against `declarations`, with the project's strict options; the configuration goes there too. */
export async function compile(files: readonly string[], declarations: string): Promise<Compilation> {
  const configuration = join(declarations, 'tsconfig.json')
  const paths = { sonde: [join(declarations, 'index.d.ts')], 'sonde/*': [join(declarations, '*/index.d.ts')] }
  const compilerOptions = {
    paths,
    isolatedDeclarations: false,
    declaration: false,
    typeRoots: [join(root, 'node_modules/@types')],
  }
  await writeFile(
    configuration,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files }),
  )
  const output = await run([tsc, '-p', configuration, '--pretty', 'false', '--extendedDiagnostics'])
  return {
    errors: output.split('\n').filter((line) => /error TS\d+/.test(line)),
    checkSeconds: figure(output, 'Check time'),
    instantiations: figure(output, 'Instantiations'),
  }
}

function run(args: readonly string[]): Promise<string> {
  // tsc's exit code says whether there were errors, which its output says too.
  return new Promise((resolve) => execFile(process.execPath, args, { cwd: root }, (_error, stdout) => resolve(stdout)))
}

function figure(output: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+([\\d.]+)s?$`, 'm').exec(output)?.[1]
  if (found === undefined) throw new Error(`tsc does not tell its ${name.toLowerCase()}:\n${output}`)
  return Number(found)
}
