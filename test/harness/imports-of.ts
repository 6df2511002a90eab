import ts from 'typescript'
import type { SourceFile } from './source-file.ts'

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly specifier: string
  /** Erased by the compiler: `import type`, `export type … from`, or a type position. */
  readonly typeOnly: boolean
  /** `import()`: resolved when it is reached. */
  readonly lazy: boolean
}

/** Everything a TypeScript or JavaScript file imports, as the compiler reads it: bare, re-exported and dynamic too. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const one = asImport(node)
    if (one !== undefined) found.push(one)
    ts.forEachChild(node, visit)
  }
  visit(parse(file))
  return found
}

/** Several rules look at each file, and parsing is what takes their time. */
const parsed = new WeakMap<SourceFile, ts.SourceFile>()

/** The syntax tree of a file. */
export function parse(file: SourceFile): ts.SourceFile {
  const tree = parsed.get(file) ?? ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true)
  parsed.set(file, tree)
  return tree
}

function asImport(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    return literal(node.moduleSpecifier, { typeOnly: node.importClause?.isTypeOnly === true, lazy: false })
  }
  if (ts.isExportDeclaration(node)) return literal(node.moduleSpecifier, { typeOnly: node.isTypeOnly, lazy: false })
  if (ts.isImportTypeNode(node)) {
    const argument = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
    return literal(argument, { typeOnly: true, lazy: false })
  }
  if (ts.isExternalModuleReference(node)) return literal(node.expression, { typeOnly: false, lazy: false })
  if (ts.isCallExpression(node) && isImporter(node.expression)) {
    return literal(node.arguments[0], { typeOnly: false, lazy: true })
  }
  return undefined
}

function isImporter(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}

function literal(node: ts.Node | undefined, how: Omit<Import, 'specifier'>): Import | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? { specifier: node.text, ...how } : undefined
}
