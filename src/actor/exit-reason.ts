/**
 * Why an actor ends, as Erlang has it. Texts are the atoms of that name; `{ shutdown }` is `{shutdown, Term}`, `panic` what a crash is there,
 * and any other term is `custom`.
 */
export type ExitReason =
  | 'normal'
  | 'shutdown'
  | 'kill'
  | 'killed'
  | 'noproc'
  | 'noconnection'
  | { readonly shutdown: unknown }
  | { readonly panic: unknown }
  | { readonly custom: unknown }

/** What kind of reason it is, for labels: few values. */
export type ExitKind = 'normal' | 'shutdown' | 'killed' | 'panic' | 'custom'

export function exitKind(reason: ExitReason): ExitKind {
  if (typeof reason === 'object') return 'shutdown' in reason ? 'shutdown' : 'panic' in reason ? 'panic' : 'custom'
  return reason === 'normal' || reason === 'shutdown' || reason === 'killed' ? reason : 'custom'
}

/** For people: `normal`, `panic: out of tea`. */
export function formatReason(reason: ExitReason): string {
  if (typeof reason === 'string') return reason
  const kind = exitKind(reason)
  return `${kind}: ${describe(Object.values(reason)[0])}`
}

/** Whether a supervisor takes it for an end and not for a failure. */
export function isExpected(reason: ExitReason): boolean {
  const kind = exitKind(reason)
  return kind === 'normal' || kind === 'shutdown'
}

function describe(value: unknown): string {
  try {
    // Also a message may be anything: of a symbol only this makes a text.
    return String(value instanceof Error ? value.message : value)
  } catch {
    return 'unknown'
  }
}
