/** Starts a worker under the launcher and then waits for its own end: `parent.mjs PROGRAM MODE FILE`. */
import { spawn } from 'node:child_process'

const [program, mode, file] = process.argv.slice(2)
spawn('/usr/bin/env', ['python3', program, mode, file], { stdio: ['pipe', 'ignore', 'ignore'] })
setInterval(() => {}, 60_000)
