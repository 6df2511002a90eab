import type { OpenedEnd } from './observe-opened.ts'

/** The end of a process or thread: a signal, or a code other than 0, is the outcome `error`. */
export function exitOf(code: number | null, signal: string | null = null): OpenedEnd {
  const failure = signal ?? (code === 0 ? undefined : String(code))
  const metadata = {
    ...(code !== null && { exit_code: code }),
    ...(signal !== null && { signal }),
    ...(failure !== undefined && { error_type: failure }),
  }
  return { metadata, failure }
}
