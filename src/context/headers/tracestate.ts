import type { Rejection } from '../rejections.ts'
import { listMembers } from './list-members.ts'

/** A `tracestate` as it is passed on. */
export interface Tracestate {
  /** Empty when nothing is. */
  readonly value: string
  /** Why the whole or a part is not. */
  readonly problem?: Rejection['reason']
}

const MEMBERS = 32
const LONG_MEMBER = 128
/** At least 512 characters are passed on; a member has 513 and a comma at most, so that 512 are left whichever goes. */
const CHARACTERS = 512 + 514

const MEMBER = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * Reads `tracestate`, several headers joined by commas, and gives what is to be sent (W3C Trace Context, level 2).
 *
 * One wrong member, or more than 32, and nothing is; of two with one key the first is. Beyond 1,026 characters whole
 * members go: those over 128 characters first, then from the end.
 */
export function parseTracestate(text: string): Tracestate {
  const members = listMembers(text)
  if (members.length > MEMBERS) return { value: '', problem: 'limit' }
  const byKey = new Map<string, string>()
  for (const member of members) {
    const key = MEMBER.exec(member)?.[1]
    if (key === undefined) return { value: '', problem: 'malformed' }
    if (!byKey.has(key)) byKey.set(key, member)
  }
  const distinct = [...byKey.values()]
  const kept = truncate(distinct)
  const value = kept.join(',')
  if (kept.length < distinct.length) return { value, problem: 'limit' }
  return distinct.length < members.length ? { value, problem: 'duplicate' } : { value }
}

function truncate(members: readonly string[]): readonly string[] {
  const kept = [...members]
  let length = kept.join(',').length
  while (length > CHARACTERS) {
    // Where none is long this is -1, which is the last.
    const index = kept.findLastIndex((member) => member.length > LONG_MEMBER)
    const [gone = ''] = kept.splice(index, 1)
    length -= gone.length + 1
  }
  return kept
}
