/** An actor that does not return for a while, beside a watchdog: `stall.ts MS`. Prints the events, and what the watchdog said meanwhile. */
import { execFile } from 'node:child_process'
import { telemetry } from 'sonde'
import { createActorSystem, startWatchdog } from 'sonde/actor'

const ms = Number(process.argv[2])
const { url, stop } = await startWatchdog()
telemetry.attach('print', 'actor.stalled', (_event, { stalled_for }) => console.log('stalled', stalled_for))

/** Another process asks: this one will not be able to. */
function ask(delayMs: number): Promise<string> {
  const script = `setTimeout(() => fetch('${url}').then(async (response) => console.log(response.status, await response.text())), ${delayMs})`
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', script], (_error, stdout) => resolve(stdout.trim()))
  })
}

console.log('before', await ask(0))
const during = ask(ms - 700)
await new Promise((resolve) => setTimeout(resolve, 100))
const system = createActorSystem()
const busy = system.spawn(() => {
  const until = performance.now() + ms
  while (performance.now() < until);
})
system.trySend(busy, 'go')
await system.idle()
console.log('during', await during)
// It beats and looks four times a second.
console.log('after', await ask(600))
await stop()
