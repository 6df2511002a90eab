import { withContext } from '../../context/current.ts'
import { extract } from '../../context/headers/extract.ts'
import { outsideContext } from '../../context/outside-context.ts'
import type { SendResult } from '../actor.ts'
import type { ExitReason } from '../exit-reason.ts'
import { exitSignal } from '../exits.ts'
import { watch } from '../links.ts'
import { trySend } from '../messages.ts'
import { CallRequest, Cast, type From } from '../request.ts'
import { cellOf, type Runtime } from '../runtime.ts'
import type { Answer } from './pending.ts'
import type { RemoteRequest } from './protocol.ts'
import type { RemoteLinks } from './remote-links.ts'

type Asked<Op extends RemoteRequest['op']> = Extract<RemoteRequest, { readonly op: Op }>

export interface RemoteServerOptions {
  answer(node: string, answer: RemoteRequest): SendResult
  /** An answer has come to what this side has asked. */
  onAnswer(node: string, answer: Answer): void
  readonly links: RemoteLinks
}

/** What other nodes ask of the actors of this one. */
export interface RemoteServer {
  handle(node: string, request: RemoteRequest, context: unknown): void
  /** A node has gone: nobody there waits any more. */
  forget(node: string): void
}

export function createRemoteServer(runtime: Runtime, { answer, onAnswer, links }: RemoteServerOptions): RemoteServer {
  /** What ends the calls and monitors of each node, by its own number. */
  const open = new Map<string, Map<number, () => void>>()

  function openOf(node: string): Map<number, () => void> {
    const known = open.get(node) ?? new Map<number, () => void>()
    open.set(node, known)
    return known
  }

  function close(node: string, ref: number): void {
    const end = open.get(node)?.get(ref)
    open.get(node)?.delete(ref)
    end?.()
  }

  function call(node: string, { ref, to, from, message, timeoutMs }: Asked<'call'>): void {
    const cell = cellOf(runtime, to)
    if (cell === undefined) {
      answer(node, { op: 'fail', ref, failure: 'noproc' })
      return
    }
    let isOpen = true
    const { monitor } = watch(runtime, cell, ({ reason }) => fail('exit', reason))
    const settle = (): boolean => {
      if (!isOpen) return false
      isOpen = false
      cell.watchers?.delete(monitor)
      open.get(node)?.delete(ref)
      return true
    }
    const fail = (failure: Asked<'fail'>['failure'], reason?: ExitReason) => {
      if (settle()) answer(node, { op: 'fail', ref, failure, ...(reason !== undefined && { reason }) })
    }
    const asking: From = {
      pid: from,
      reply(value) {
        if (!settle()) {
          runtime.telemetry.lateReply(cell)
          return false
        }
        const sent = answer(node, { op: 'reply', ref, message: value })
        if (sent === 'not_serializable') answer(node, { op: 'fail', ref, failure: sent })
        return sent === 'sent'
      },
    }
    openOf(node).set(ref, settle)
    const deadline = runtime.clock.monotonicTime() + timeoutMs * 1e6
    const result = trySend(runtime, cell.pid, new CallRequest(message, asking), from, deadline)
    if (result !== 'sent') fail('mailbox_full')
  }

  function monitor(node: string, { ref, to }: Asked<'monitor'>): void {
    const cell = cellOf(runtime, to)
    if (cell === undefined) {
      answer(node, { op: 'down', ref, reason: 'noproc' })
      return
    }
    const own = watch(runtime, cell, ({ pid, reason }) => {
      open.get(node)?.delete(ref)
      answer(node, { op: 'down', ref, pid, reason })
    })
    openOf(node).set(ref, () => cell.watchers?.delete(own.monitor))
  }

  function link(node: string, { to, from }: Asked<'link'>): void {
    const cell = cellOf(runtime, to)
    if (cell === undefined) answer(node, { op: 'linked_exit', to: from, from: to, reason: 'noproc' })
    else links.add(cell, from)
  }

  function exit({ to, from, reason }: Asked<'exit'>): void {
    const cell = cellOf(runtime, to)
    if (cell !== undefined) exitSignal(runtime, cell, { from, reason, direct: true })
  }

  function act(node: string, request: RemoteRequest): void {
    switch (request.op) {
      case 'send':
        trySend(runtime, request.to, request.message, request.from)
        break
      case 'cast': {
        const cell = cellOf(runtime, request.to)
        if (cell !== undefined) runtime.telemetry.cast(cell)
        trySend(runtime, request.to, new Cast(request.message), request.from)
        break
      }
      case 'call':
        call(node, request)
        break
      case 'monitor':
        monitor(node, request)
        break
      case 'cancel':
        close(node, request.ref)
        break
      case 'exit':
        exit(request)
        break
      case 'link':
        link(node, request)
        break
      case 'unlink': {
        const cell = cellOf(runtime, request.to)
        if (cell !== undefined) links.remove(cell, request.from)
        break
      }
      case 'linked_exit': {
        const cell = cellOf(runtime, request.to)
        if (cell !== undefined) links.exit(cell, request.from, request.reason)
        break
      }
      case 'reply':
      case 'fail':
      case 'down':
        onAnswer(node, request)
        break
    }
  }

  return {
    handle(node, request, context) {
      // Of whoever has sent it, and not of whoever has brought it here.
      if (context === undefined) outsideContext(() => act(node, request))
      else withContext(extract(context), () => act(node, request))
    },
    forget(node) {
      const calls = open.get(node)
      open.delete(node)
      for (const end of calls?.values() ?? []) end()
    },
  }
}
