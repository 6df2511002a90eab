import { Attachment } from './attachment.ts'
import { TelemetryError } from './errors.ts'
import type { HandlerTable } from './handler-table.ts'
import { type Lifecycle, toDetach } from './lifecycle.ts'
import { compilePattern, isWildcard, requirePattern } from './names.ts'
import { checkAttach } from './options.ts'
import type { AttachOptions, Detach, FailurePolicy, Handler, NameInput } from './types.ts'

/** The arguments of `attachMany`, as they came. */
export interface AttachRequest {
  readonly id: string
  readonly patterns: readonly NameInput[]
  readonly handler: Handler
  readonly config: unknown
  readonly options: AttachOptions | undefined
}

export interface Attaching {
  attach(request: AttachRequest): Detach
  /** Removes an attachment and tells about it; false when it is gone already. */
  detach(attachment: Attachment): boolean
}

/** Attaching and detaching: everything is checked before anything changes. */
export function createAttaching(table: HandlerTable, lifecycle: Lifecycle, defaultPolicy: FailurePolicy): Attaching {
  function detach(attachment: Attachment): boolean {
    if (!table.remove(attachment)) return false
    lifecycle.emit('detached', { id: attachment.id, events: attachment.patterns })
    return true
  }

  function attach({ id, patterns, handler, config, options }: AttachRequest): Detach {
    checkAttach(id, handler, options)
    const names = requirePatterns(patterns)
    const signal = options?.signal
    if (table.closed || signal?.aborted === true) return toDetach(() => false)

    const matchers = names.filter(isWildcard).map(compilePattern)
    const attachment = new Attachment(
      id,
      names,
      matchers.length > 0 ? matchers : undefined,
      handler,
      config,
      options?.onFailure ?? defaultPolicy,
      options,
    )
    table.add(attachment)
    if (signal !== undefined) {
      const onAbort = () => void detach(attachment)
      signal.addEventListener('abort', onAbort, { once: true })
      attachment.release = () => signal.removeEventListener('abort', onAbort)
    }
    lifecycle.emit('attached', { id, events: names })
    return toDetach(() => detach(attachment))
  }

  return { attach, detach }
}

function requirePatterns(patterns: readonly NameInput[]): readonly string[] {
  if (!Array.isArray(patterns)) throw new TelemetryError('invalid_pattern', 'attachMany: patterns must be a list')
  if (patterns.length === 0) {
    throw new TelemetryError('invalid_pattern', 'attachMany: the list of patterns is empty, so nothing would ever run')
  }
  return Object.freeze([...new Set(patterns.map(requirePattern))])
}
