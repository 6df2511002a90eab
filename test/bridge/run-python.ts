import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs Python 3 with the worker's package on its path. */
export function runPython(
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = {
    ...process.env,
    PYTHONPATH: fileURLToPath(new URL('../../src/bridge/python', import.meta.url)),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
  }
  return spawnSync('/usr/bin/env', ['python3', ...args], { env, input, encoding: 'utf8', maxBuffer: 2 ** 28 })
}
