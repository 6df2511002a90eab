import type { Enter } from './incoming.ts'
import { type NodeRequest, type NodeResponse, runRequest } from './node.ts'

/** The parts of Fastify's request and reply that are used. */
interface Request {
  readonly raw: NodeRequest
}
interface Reply {
  readonly raw: NodeResponse
  header(name: string, value: string): unknown
}
type Hook = (request: Request, reply: Reply, done: () => void) => void
interface Instance {
  addHook(name: 'onRequest', hook: Hook): unknown
}

/** A plugin of Fastify, for the app that it is registered in and all below. */
export type FastifyPlugin = (instance: Instance, options: unknown, done: () => void) => void

/** The plugin. */
export function createFastifyPlugin(enter: Enter): FastifyPlugin {
  const plugin: FastifyPlugin = (instance, _options, registered) => {
    instance.addHook('onRequest', (request, reply, done) => {
      const { headersSent } = reply.raw
      // Fastify writes the headers of its reply over those of Node's.
      const response = { headersSent, setHeader: (name: string, value: string) => reply.header(name, value) }
      runRequest(enter, request.raw, response, done)
    })
    registered()
  }
  // What fastify-plugin does: without it the hook would be for the routes of this plugin alone, which has none.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'sonde-correlation',
  })
}
