import type { Route } from 'sonde/http'
import { readBody } from './read-body.ts'

/** What a button of a page does, with what it sends. False when that makes no sense. */
export type Action = (input: { readonly [key: string]: unknown }) => boolean

/**
 * Routes of the buttons. Only JSON is taken: no page of another origin can send that without asking first, and it is not
 * answered when it asks.
 */
export function actionRoutes(actions: Readonly<Record<string, Action>>): Route[] {
  return Object.entries(actions).map(([path, act]) => ({
    path,
    methods: ['POST'],
    async handle(request, response) {
      if (request.headers['content-type'] !== 'application/json') return void response.writeHead(415).end()
      const body = await readBody(request, 4_096)
      const input = body === undefined ? undefined : parse(body)
      response.writeHead(input !== undefined && act(input) ? 204 : 400).end()
    },
  }))
}

function parse(body: string): { readonly [key: string]: unknown } | undefined {
  try {
    const input: unknown = JSON.parse(body)
    return typeof input === 'object' && input !== null ? { ...input } : undefined
  } catch {
    return undefined
  }
}
