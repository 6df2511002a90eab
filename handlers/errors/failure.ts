import type { Metadata } from 'sonde'
import { labelValue } from 'sonde/metrics'

/** What an event of a failure says of its error. */
export interface Failure {
  /** `error_type` of the event, else the name of the error; `unknown` when there is neither. */
  readonly errorType: string
  readonly message: string
}

const MAX_TYPE = 100

/** Reads the error of an event, which may be anything. Never throws. */
export function readFailure(metadata: Metadata): Failure {
  try {
    const { error_type, reason, error } = metadata
    const thrown = reason ?? error
    const { name, message } = describe(thrown)
    const given = typeof error_type === 'string' ? error_type : name
    return { errorType: labelValue(given === '' ? 'unknown' : given).slice(0, MAX_TYPE), message }
  } catch {
    return { errorType: 'unknown', message: '' }
  }
}

function describe(thrown: unknown): { readonly name: string; readonly message: string } {
  if (typeof thrown === 'string') return { name: '', message: thrown }
  if (typeof thrown !== 'object' || thrown === null) return { name: '', message: '' }
  const { name, message }: { name?: unknown; message?: unknown } = thrown
  return {
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : '',
  }
}
