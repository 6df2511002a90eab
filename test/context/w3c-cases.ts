/** A request of the W3C's own test suite, and what must be seen of the request that it causes. */
export interface W3cRequest {
  /** Names and values in order; a name may be there several times. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Whether the trace goes on; otherwise one with another id begins. */
  readonly kept: boolean
  /** The `tracestate` that is sent on; empty when there is none. */
  readonly state: string
}

const TRACE = '12345678901234567890123456789012'
const PARENT = '1234567890123456'
const VALID = `00-${TRACE}-${PARENT}-00`
const LCALPHA = 'abcdefghijklmnopqrstuvwxyz'
const KEY = `${LCALPHA}0123456789_-*/`
const VALUE = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i))
  .join('')
  .replace(/[,=]/g, '')

/** A trace begins anew for each of these. */
function invalid(...parents: string[]): W3cRequest[] {
  return parents.map((value) => ({ headers: [['traceparent', value]], kept: false, state: '' }))
}

/** The trace goes on for each of these. */
function valid(...parents: string[]): W3cRequest[] {
  return parents.map((value) => ({ headers: [['traceparent', value]], kept: true, state: '' }))
}

/** Beside a valid traceparent. */
function states(state: string, ...values: string[]): W3cRequest {
  const headers = values.map((value) => ['tracestate', value] as const)
  return { headers: [['traceparent', VALID], ...headers], kept: true, state }
}

function named(name: string, value: string, expected: Omit<W3cRequest, 'headers'>, parent = false): W3cRequest {
  return { headers: [...(parent ? [['traceparent', VALID] as const] : []), [name, value]], ...expected }
}

function numbered(from: number, to: number): string {
  const members: string[] = []
  for (let i = from; i <= to; i++) members.push(`bar${String(i).padStart(2, '0')}=${String(i).padStart(2, '0')}`)
  return members.join(',')
}

const kept = { kept: true, state: '' }
const fresh = { kept: false, state: '' }

/**
 * The cases of https://github.com/w3c/trace-context/tree/acab820/test (strict level 2, specification level 2) under their
 * names, `TraceContextTest` and `TraceContext2Test`. Where the suite allows several answers the one of this library stands here.
 */
export const w3cCases: Readonly<Record<string, readonly W3cRequest[]>> = {
  both_traceparent_and_tracestate_missing: [{ headers: [], ...fresh }],
  traceparent_included_tracestate_missing: valid(`00-${TRACE}-${PARENT}-01`),
  traceparent_duplicated: [
    {
      headers: [
        ['traceparent', `00-${TRACE.slice(0, -1)}1-${PARENT}-01`],
        ['traceparent', `00-${TRACE}-${PARENT}-01`],
      ],
      ...fresh,
    },
  ],
  traceparent_header_name: [named('trace-parent', VALID, fresh), named('trace.parent', VALID, fresh)],
  traceparent_header_name_valid_casing: [
    named('TraceParent', VALID, kept),
    named('TrAcEpArEnT', VALID, kept),
    named('TRACEPARENT', VALID, kept),
  ],
  traceparent_version_0x00: invalid(`${VALID}.`, `${VALID}-what-the-future-will-be-like`),
  traceparent_version_0xcc: [
    ...valid(`cc-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`),
    ...invalid(`cc-${TRACE}-${PARENT}-01.what-the-future-will-be-like`),
  ],
  traceparent_version_0xff: invalid(`ff-${TRACE}-${PARENT}-01`),
  traceparent_version_illegal_characters: invalid(`.0-${TRACE}-${PARENT}-01`, `0.-${TRACE}-${PARENT}-01`),
  traceparent_version_too_long: invalid(`000-${TRACE}-${PARENT}-01`, `0000-${TRACE}-${PARENT}-01`),
  traceparent_version_too_short: invalid(`0-${TRACE}-${PARENT}-01`),
  traceparent_trace_id_all_zero: invalid(`00-${'0'.repeat(32)}-${PARENT}-01`),
  traceparent_trace_id_illegal_characters: invalid(
    `00-.${TRACE.slice(1)}-${PARENT}-01`,
    `00-${TRACE.slice(0, -1)}.-${PARENT}-01`,
  ),
  traceparent_trace_id_too_long: invalid(`00-${TRACE}3-${PARENT}-01`),
  traceparent_trace_id_too_short: invalid(`00-${TRACE.slice(0, -1)}-${PARENT}-01`),
  traceparent_parent_id_all_zero: invalid(`00-${TRACE}-${'0'.repeat(16)}-01`),
  traceparent_parent_id_illegal_characters: invalid(
    `00-${TRACE}-.${PARENT.slice(1)}-01`,
    `00-${TRACE}-${PARENT.slice(0, -1)}.-01`,
  ),
  traceparent_parent_id_too_long: invalid(`00-${TRACE}-${PARENT}7-01`),
  traceparent_parent_id_too_short: invalid(`00-${TRACE}-${PARENT.slice(0, -1)}-01`),
  traceparent_trace_flags_illegal_characters: invalid(`00-${TRACE}-${PARENT}-.0`, `00-${TRACE}-${PARENT}-0.`),
  traceparent_trace_flags_too_long: invalid(`00-${TRACE}-${PARENT}-001`),
  traceparent_trace_flags_too_short: invalid(`00-${TRACE}-${PARENT}-1`),
  traceparent_ows_handling: valid(` ${VALID}`, `\t${VALID}`, `${VALID} `, `${VALID}\t`, `\t ${VALID} \t`),
  tracestate_included_traceparent_missing: [
    named('tracestate', 'foo=1', fresh),
    named('tracestate', 'foo=1,bar=2', fresh),
  ],
  tracestate_included_traceparent_included: [states('foo=1,bar=2', 'foo=1,bar=2')],
  tracestate_header_name: [named('trace-state', 'foo=1', kept, true), named('trace.state', 'foo=1', kept, true)],
  tracestate_header_name_valid_casing: ['TraceState', 'TrAcEsTaTe', 'TRACESTATE'].map((name) =>
    named(name, 'foo=1', { kept: true, state: 'foo=1' }, true),
  ),
  tracestate_empty_header: [states('', ''), states('foo=1', 'foo=1', ''), states('foo=1', '', 'foo=1')],
  tracestate_multiple_headers_different_keys: [
    states('foo=1,bar=2,rojo=1,congo=2,baz=3', 'foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'),
  ],
  tracestate_duplicated_keys: [
    states('foo=1', 'foo=1,foo=1'),
    states('foo=1', 'foo=1,foo=2'),
    states('foo=1', 'foo=1', 'foo=1'),
    states('foo=1', 'foo=1', 'foo=2'),
  ],
  tracestate_all_allowed_characters: [
    states(`${KEY}=${VALUE}`, `${KEY}=${VALUE}`),
    states(`${KEY}@a-z0-9_-*/=${VALUE}`, `${KEY}@a-z0-9_-*/=${VALUE}`),
  ],
  tracestate_ows_handling: [
    states('foo=1,bar=2,baz=3', 'foo=1 \t , \t bar=2, \t baz=3'),
    states('foo=1,bar=2,baz=3', 'foo=1\t \t,\t \tbar=2,\t \tbaz=3'),
    ...[' foo=1', '\tfoo=1', 'foo=1 ', 'foo=1\t', '\t foo=1 \t'].map((value) => states('foo=1', value)),
  ],
  tracestate_key_illegal_characters: [states('', 'foo =1'), states('', 'FOO=1'), states('', 'foo.bar=1')],
  tracestate_key_illegal_vendor_format: [
    states('foo@=1,bar=2', 'foo@=1,bar=2'),
    states('', '@foo=1,bar=2'),
    states('foo@@bar=1,bar=2', 'foo@@bar=1,bar=2'),
    states('foo@bar@baz=1,bar=2', 'foo@bar@baz=1,bar=2'),
  ],
  tracestate_member_count_limit: [
    states(numbered(1, 32), numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 32)),
    states('', numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 33)),
  ],
  tracestate_key_length_limit: [
    ...['z'.repeat(256), `${'t'.repeat(241)}@${'v'.repeat(14)}`, `${'t'.repeat(242)}@v`, `t@${'v'.repeat(15)}`].map(
      (key) => states(`foo=1,${key}=1`, 'foo=1', `${key}=1`),
    ),
    states('', 'foo=1', `${'z'.repeat(257)}=1`),
  ],
  tracestate_value_illegal_characters: [states('', 'foo=bar=baz'), states('', 'foo=,bar=3')],
  propagates_random_flag: valid(`00-${TRACE}-${PARENT}-02`),
}
