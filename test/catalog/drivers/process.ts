import { exec, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Bus } from '../../../src/core/types.ts'
import { instrumentChildProcess } from '../../../src/interop/instrument-child-process.ts'
import { instrumentWorkerThreads } from '../../../src/interop/instrument-worker-threads.ts'

/** Starts real processes and threads that end in every way. */
export async function drive(bus: Bus): Promise<void> {
  const restore = [instrumentChildProcess(bus), instrumentWorkerThreads(bus)]
  await once(spawn('true'), 'exit')
  await once(exec('exit 3'), 'exit')
  const sleeping = spawn('sleep', ['60'])
  await once(sleeping, 'spawn')
  sleeping.kill()
  await once(sleeping, 'exit')
  await once(spawn('/nowhere/a program'), 'error')

  for (const code of ['', 'process.exit(3)']) await once(new Worker(code, { eval: true }), 'exit')
  const throwing = new Worker('throw new RangeError("broken")', { eval: true })
  throwing.on('error', () => {})
  await new Promise((resolve) => throwing.once('exit', resolve))
  for (const detach of restore) detach()
}
