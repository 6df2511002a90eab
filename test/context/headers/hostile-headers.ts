import { random } from '../../metrics/random.ts'

/** What somebody might put into a header to break a log, a page, a shell or a parser (CWE-79, 93, 113, 117). */
const ATTACKS = [
  '\r\nx-evil: 1',
  '\nx-evil: 1',
  '\r',
  '\0',
  '\x7f',
  '\x1b[31m',
  '\t',
  ' ',
  'é',
  '日本語',
  '\u2028',
  '\ud800',
  '😀',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the attack.
  '${jndi:ldap://127.0.0.1/a}',
  "' OR 1=1 --",
  '"',
  '\\',
  ',',
  ';',
  '=',
  '%',
  '%0d%0a',
  '%00%ff',
  '{}',
  '__proto__',
  'x'.repeat(200),
  'x'.repeat(20_000),
]

const VALID: Readonly<Record<string, readonly string[]>> = {
  'x-correlation-id': ['req-1', '0af7651916cd43dd8448eb211c80319c', 'a:b.c_d-e'],
  'x-request-id': ['7b0e1f38-7f0a-4f0e-9d7e-2f6a1c3b5d7e'],
  traceparent: [
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-more',
    '00-00000000000000000000000000000000-b7ad6b7169203331-00',
  ],
  tracestate: ['congo=t61rcWkgMzE,rojo=00f067aa0ba902b7', 'a=1,'.repeat(40), `k=${'v'.repeat(250)},`.repeat(10)],
  baggage: ['user=alice;ttl=30,plan=pro', 'a=%20%C3%A9', 'k=v,'.repeat(80), `k=${'v'.repeat(9_000)}`],
  'x-trace-id': ['0af7651916cd43dd8448eb211c80319c', '1brma68mpl1tr128tcghp01hjg'],
  'x-span-id': ['b7ad6b7169203331', 'mummmsb940pj2'],
  'x-trace-flags': ['sampled=true', '01', ''],
  'x-trace-baggage': ['a=1,b=x,y', ''],
}
const NAMES = Object.keys(VALID)

/** Sets of headers, valid and hostile, the same for the same seed. */
export function hostileHeaders(seed: number): () => Record<string, string | string[]> {
  const next = random(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = (from: readonly string[]) => from[below(from.length)] ?? ''

  function value(name: string): string {
    let text = next() < 0.75 ? pick(VALID[name] ?? []) : pick(ATTACKS)
    for (let changes = below(4); changes > 0; changes--) {
      const at = below(text.length + 1)
      const change = below(4)
      if (change === 0) text = text.slice(0, at) + pick(ATTACKS) + text.slice(at)
      else if (change === 1) text = text.slice(0, at) + text.slice(at + 1)
      else if (change === 2) text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1)
      else text = text.toUpperCase()
    }
    return text
  }

  return () => {
    const headers: Record<string, string | string[]> = {}
    for (const name of NAMES) {
      if (next() < 0.6) continue
      const key = next() < 0.2 ? name.toUpperCase() : name
      headers[key] = next() < 0.1 ? [value(name), value(name)] : value(name)
    }
    return headers
  }
}
