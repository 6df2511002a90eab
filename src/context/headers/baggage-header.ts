import type { Baggage, BaggageEntry } from '../context.ts'
import type { Rejection } from '../rejections.ts'
import { listMembers } from './list-members.ts'
import { percentDecode, percentEncode } from './percent.ts'

/** What could be read of a `baggage` header. */
export interface ReadBaggage {
  readonly baggage: Baggage
  /** Why some of it is missing. */
  readonly problem?: Rejection['reason']
}

/** What must be passed on, and is no more than that: members, and bytes of the header. */
const MEMBERS = 64
const BYTES = 8_192

/** What a name is made of, as the source of a regular expression (RFC 9110 §5.6.2). */
export const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const VALUE = '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*'
const SPACE = '[ \\t]*'
const PROPERTY = `${TOKEN}${SPACE}(?:=${SPACE}${VALUE}${SPACE})?`
const KEY = new RegExp(`^${TOKEN}$`)
const MEMBER = new RegExp(`^(${TOKEN})${SPACE}=${SPACE}(${VALUE})${SPACE}(?:;${SPACE}(.*))?$`)
const PROPERTIES = new RegExp(`^${PROPERTY}(?:;${SPACE}${PROPERTY})*$`)

/**
 * Reads `baggage`, several headers joined by commas (W3C Baggage).
 *
 * A member is taken whole or not at all: not when it is malformed, and not beyond 64 members or 8,192 bytes. Of two with
 * one key the last counts.
 */
export function parseBaggage(text: string): ReadBaggage {
  const entries = new Map<string, BaggageEntry>()
  const members = listMembers(text)
  let problem: Rejection['reason'] | undefined
  for (const member of members) {
    const [, key, value = '', properties = ''] = MEMBER.exec(member) ?? []
    if (key === undefined || !areProperties(properties)) problem = 'malformed'
    else entries.set(key, { value: percentDecode(value), properties })
  }
  if (problem === undefined && entries.size < members.length) problem = 'duplicate'
  return withinLimits(entries, problem)
}

/** `entries` without those that are beyond the limits of a header. */
export function withinLimits(entries: Map<string, BaggageEntry>, problem?: Rejection['reason']): ReadBaggage {
  const fitting = membersOf(entries)
  const baggage = new Map([...entries].filter(([key]) => fitting.has(key)))
  if (baggage.size < entries.size) return { baggage, problem: 'limit' }
  return problem === undefined ? { baggage } : { baggage, problem }
}

/** Writes `baggage`; empty when there is nothing to send. Always a legal header value: what cannot be sent is left out. */
export function formatBaggage(baggage: Baggage): string {
  return [...membersOf(baggage).values()].join(',')
}

/** The members of the header by key, in order, as far as they can be sent. */
export function membersOf(baggage: Baggage): ReadonlyMap<string, string> {
  const members = new Map<string, string>()
  let bytes = 0
  for (const [key, { value, properties }] of baggage) {
    if (members.size === MEMBERS) break
    // Long ones are not even encoded: that makes nothing shorter.
    if (value.length > BYTES || !KEY.test(key) || !areProperties(properties)) continue
    const member = `${key}=${percentEncode(value)}${properties === '' ? '' : `;${properties}`}`
    // All of it is ASCII; one more for the comma.
    const size = member.length + (members.size === 0 ? 0 : 1)
    if (bytes + size > BYTES) continue
    bytes += size
    members.set(key, member)
  }
  return members
}

function areProperties(properties: string): boolean {
  return properties === '' || PROPERTIES.test(properties)
}
