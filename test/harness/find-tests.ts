import { readdirSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

export interface FindOptions {
  /** Take the tests that need real servers instead of the others. */
  readonly integration: boolean
  /** Files or folders to narrow to. A file is taken as it is named. */
  readonly narrowTo: readonly string[]
  /** Leave out `*.node.test.ts`, which are about Node itself. */
  readonly portable?: boolean
}

const NOT_TESTS = new Set(['bench', 'fixtures', 'golden', 'node_modules'])

/** The test files under `root`/test, sorted. Throws when one of `narrowTo` stands for none. */
export function findTests(root: string, { integration, narrowTo, portable = false }: FindOptions): string[] {
  const all = listTests(join(root, 'test')).filter((file) => {
    return isIntegration(root, file) === integration && !(portable && file.endsWith('.node.test.ts'))
  })
  if (narrowTo.length === 0) return all
  const chosen = new Set<string>()
  for (const name of narrowTo) {
    const matching = matches(resolve(root, name), all)
    if (matching.length === 0) throw new Error(`no test file at '${name}'`)
    for (const file of matching) chosen.add(file)
  }
  return [...chosen].sort()
}

function matches(path: string, all: readonly string[]): string[] {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isFile()) return [path]
  return all.filter((file) => file.startsWith(path + sep))
}

function isIntegration(root: string, file: string): boolean {
  return relative(root, file).startsWith(join('test', 'integration') + sep)
}

function listTests(folder: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !NOT_TESTS.has(entry.name)) found.push(...listTests(path))
    else if (entry.isFile() && entry.name.endsWith('.test.ts')) found.push(path)
  }
  return found.sort()
}
