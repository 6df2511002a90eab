import type { Actor, ActorContext, Signal } from './actor.ts'
import type { ExitReason } from './exit-reason.ts'
import { isPromise } from './is-promise.ts'
import { CallRequest, Cast, type From } from './request.ts'

/** What `handleCall` returns when the reply comes later, by `from.reply`. */
export const noReply: unique symbol = Symbol('sonde.actor.noReply')

/** A server: an object, or an instance of a class, whose state is its own. What it throws ends it. */
export interface GenServer {
  /** Before everything else. */
  init?(ctx: ActorContext): void | Promise<void>
  /** Answers a call: what it returns is the reply, `noReply` says that it comes later. While it waits for a promise the next one waits too. */
  handleCall?(request: unknown, from: From, ctx: ActorContext): unknown
  handleCast?(message: unknown, ctx: ActorContext): void | Promise<void>
  /** Every other message, and signals. Without it they are ignored. */
  handleInfo?(message: unknown, ctx: ActorContext): void | Promise<void>
  /** At its end, whatever it is but a panic or a kill. */
  terminate?(reason: ExitReason, ctx: ActorContext): void | Promise<void>
}

/** Makes an actor of a server: `system.spawn(genServer(new Counter()))`, then `system.call` and `system.cast`. */
export function genServer(server: GenServer): Actor {
  const { name } = server.constructor
  const stopped = server.terminate && ((reason: ExitReason, ctx: ActorContext) => server.terminate?.(reason, ctx))
  return {
    type: name === 'Object' || name === '' ? 'gen_server' : name,
    started: (ctx) => server.init?.(ctx),
    receive: (message, ctx) => receive(server, message, ctx),
    signal: (signal: Signal, ctx) => server.handleInfo?.(signal, ctx),
    ...(stopped && { stopped }),
  }
}

function receive(server: GenServer, message: unknown, ctx: ActorContext): void | Promise<void> {
  if (message instanceof CallRequest) return answer(server, message, ctx)
  if (message instanceof Cast) return server.handleCast?.(message.message, ctx)
  return server.handleInfo?.(message, ctx)
}

function answer(server: GenServer, { request, from }: CallRequest, ctx: ActorContext): void | Promise<void> {
  if (server.handleCall === undefined) throw new TypeError('this server takes no calls: it has no handleCall')
  const result = server.handleCall(request, from, ctx)
  if (isPromise(result)) {
    return Promise.resolve(result).then((value: unknown) => {
      if (value !== noReply) from.reply(value)
    })
  }
  if (result !== noReply) from.reply(result)
}
