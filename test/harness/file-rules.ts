import ts from 'typescript'
import { importsOf, parse } from './imports-of.ts'
import type { SourceFile, Violation } from './source-file.ts'

/** Past this a file has two subjects. */
const MAX_LINES = 300

/** Files that are too long. */
export function lengthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    return lines > MAX_LINES ? [{ path, problem: `${lines} lines, ${MAX_LINES} at most` }] : []
  })
}

/** Default exports in src, handlers and test: a thing has one name wherever it is used. */
export function defaultExports(files: readonly SourceFile[]): Violation[] {
  const ours = files.filter(({ path }) => /^(?:src|handlers|test)\/.*\.ts$/.test(path))
  const guilty = ours.filter((file) => some(parse(file), isDefaultExport))
  return guilty.map(({ path }) => ({ path, problem: 'has a default export' }))
}

/** Test files that uvu would pass without running, or that lack our time limit. */
export function testFileViolations(files: readonly SourceFile[]): Violation[] {
  const tests = files.filter(({ path }) => path.endsWith('.test.ts'))
  return tests.flatMap((file) => {
    const found: Violation[] = []
    if (!some(parse(file), isRunCall)) found.push({ path: file.path, problem: 'never calls .run()' })
    const fromUvu = importsOf(file).some(({ specifier, typeOnly }) => specifier === 'uvu' && !typeOnly)
    if (fromUvu) found.push({ path: file.path, problem: "takes its suite from 'uvu' instead of harness/suite.ts" })
    return found
  })
}

function some(node: ts.Node, is: (node: ts.Node) => boolean): boolean {
  return is(node) || ts.forEachChild(node, (child) => some(child, is) || undefined) === true
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  )
}

function isRunCall(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || node.arguments.length > 0) return false
  return ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'run'
}
