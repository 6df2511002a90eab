import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** A file of the tree, as the architecture rules see it. */
export interface SourceFile {
  /** Path from the root of the project, with slashes. */
  readonly path: string
  readonly text: string
}

/** What a rule found. */
export interface Violation {
  readonly path: string
  readonly problem: string
}

const NOT_OURS = new Set(['node_modules', 'fixtures', 'golden', '__pycache__', 'dist', '.git'])
const CODE = /\.(?:ts|mjs|js|py)$/

/** Every file of code below the given folders of `root`, sorted by path. Folders that do not exist yet are empty. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  const files: SourceFile[] = []
  for (const folder of folders) visit(join(root, folder), files, root)
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function visit(folder: string, files: SourceFile[], root: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) visit(path, files, root)
    if (!entry.isFile() || !CODE.test(entry.name)) continue
    files.push({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') })
  }
}
