import { posix } from 'node:path'
import { importsOf } from './imports-of.ts'
import type { SourceFile, Violation } from './source-file.ts'

/** Rings of files that import one another, each reported once. Types are erased, so they make no ring. */
export function importCycles(files: readonly SourceFile[]): Violation[] {
  const graph = new Map(files.map((file) => [file.path, runtimeTargets(file)]))
  const done = new Set<string>()
  const found: Violation[] = []

  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push({ path, problem: `import cycle: ${[...trail.slice(start), path].join(' → ')}` })
    if (start >= 0 || done.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

function runtimeTargets(file: SourceFile): string[] {
  const relative = importsOf(file).filter(({ specifier, typeOnly }) => !typeOnly && specifier.startsWith('.'))
  return relative.map(({ specifier }) => posix.join(posix.dirname(file.path), specifier))
}
