import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SUITE = new URL('./suite.ts', import.meta.url).href
const ASSERT = import.meta.resolve('uvu/assert')

/** A folder of test files outside the tree, for trying the runner on. */
export interface FixtureFiles extends Disposable {
  /** Writes a test file; `suite` and `assert` are imported. Returns its path. */
  write(name: string, body: string): string
}

export function fixtureFiles(): FixtureFiles {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-fixture-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return {
    write(name, body) {
      const path = join(folder, `${name}.test.ts`)
      writeFileSync(path, `import { suite } from '${SUITE}'\nimport * as assert from '${ASSERT}'\n${body}\n`)
      return path
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
