import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Another installation of the library: its files are other modules, with other classes. */
export interface SecondCopy extends Disposable {
  /** Imports a file of src or handlers from there. */
  load<T>(file: string): Promise<T>
}

/** Copies the library to a folder of its own, which goes with the object. */
export function secondCopy(): SecondCopy {
  const folder = mkdtempSync(join(tmpdir(), 'second-copy-'))
  for (const part of ['src', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    load: (file) => import(pathToFileURL(join(folder, file)).href),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
