/** What stands in place of a secret. */
export const REDACTED = '[redacted]'

/** Parts of key names, lower case and without `_` and `-`, that say that the value is a secret. */
const SECRET_PARTS =
  /passw(?:or)?d|pwd|passphrase|secret|token|authorization|cookie|apikey|credential|privatekey|accesskey|signingkey|encryptionkey|connectionstring|bearer|signature/
const SECRET_WHOLE = /^(?:auth|pass|pin|ssn|cvv|cvc|otp|jwt|dsn|cardnumber|creditcard)$/
const MAX_KEY = 256
const COUNTED = /tokens|count|length|bytes|limit/

/**
 * Whether the name of a key says that its value is a secret: `password`, `X-Api-Key`, `access_token`, `set-cookie`, … A number
 * under a key that counts (`max_tokens`) is none.
 */
export function isSecretKey(key: string, value?: unknown): boolean {
  const plain = key
    .slice(0, MAX_KEY)
    .replace(/[-_.\s]/g, '')
    .toLowerCase()
  if (!SECRET_PARTS.test(plain) && !SECRET_WHOLE.test(plain)) return false
  return !(typeof value === 'number' && COUNTED.test(plain))
}

/** `key = value`, `"key": "value"`, `?key=value&`, with any quotes and their escapes. */
const ASSIGNMENT =
  /((?:passw(?:or)?d|pwd|passphrase|secret|token|authorization|api[_-]?key|credentials?|signature|private[_-]?key|access[_-]?key)[\w-]{0,20}[\\"']{0,4}\s{0,3}(?:[:=]|=>)\s{0,3})(?:\[redacted\]|(?:(?:bearer|basic|digest|token|negotiate)\s{1,3})?(?:\\{0,3}"[^"]*"?|\\{0,3}'[^']*'?|[^\s"'&,;]+))/gi

interface Shape {
  /** A cheap test that spares most strings the pattern. */
  readonly hint: RegExp
  readonly pattern: RegExp
  readonly replacement: string
}

/**
 * Secrets known by their looks. Each pattern is linear in the text: a match consumes what it has read, and a failure has read
 * a bounded part. Open-ended on the right, so that a secret that has been cut off is still recognised.
 */
const SHAPES: readonly Shape[] = [
  {
    hint: /-----BEGIN/,
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?:(?!-----END)[\s\S])*(?:-----END[A-Z ]{0,50}-----)?/g,
    replacement: REDACTED,
  },
  { hint: /cookie/i, pattern: /(cookie["']?\s{0,3}[:=]\s{0,3})[^\r\n]+/gi, replacement: `$1${REDACTED}` },
  { hint: /:\/\//, pattern: /([a-z]:\/\/)[^\s/?#]{1,512}@/gi, replacement: `$1${REDACTED}@` },
  {
    hint: /hooks/,
    pattern: /(hooks\.slack(?:-gov)?\.com|discord(?:app)?\.com\/api\/webhooks)\/[^\s"'<>|)]+/gi,
    replacement: `$1/${REDACTED}`,
  },
  { hint: /bearer\s/i, pattern: /\b(bearer)\s{1,3}[\w+/.~=-]{6,}/gi, replacement: `$1 ${REDACTED}` },
  {
    hint: /basic\s/i,
    pattern: /\b([Bb]asic|BASIC)\s{1,3}(?=[a-z]{0,40}[A-Z\d+/=])[\w+/=-]{6,}/g,
    replacement: `$1 ${REDACTED}`,
  },
  { hint: /eyJ/, pattern: /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, replacement: REDACTED },
  {
    // GitHub, GitLab, Slack, Stripe, npm, OpenAI, Anthropic, Google, AWS: the prefixes that they publish for secret scanners.
    hint: /gh[pousr]_|github_pat_|glpat-|xox|xapp-|[sr]k_|npm_|sk-|whsec_|AIza|AKIA|ASIA/,
    pattern:
      /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|xapp-|[sr]k_(?:live|test)_|npm_|sk-|whsec_|AIza|AKIA|ASIA)[\w+/=-]{12,}/g,
    replacement: REDACTED,
  },
  { hint: /[:=]/, pattern: ASSIGNMENT, replacement: `$1${REDACTED}` },
]

/** What every pattern needs a part of: spares keys and other short strings the ten of them. */
const SUSPECT =
  /[:=]|\d{4}|bearer|basic|eyJ|BEGIN|gh[pousr]_|github_|glpat|xox|xapp|[sr]k[_-]|npm_|whsec|AIza|AKIA|ASIA|hooks|discord/i
const SHORT = 64

const CARD = /(?<![\w.-])[3-6]\d{3}(?:[ -]?\d){8,15}(?![\w-])/g

/**
 * `text` without what looks like a secret: private keys, bearer tokens, JWTs, credentials in URLs, Slack webhook URLs, cookies, keys of
 * well-known services, credit card numbers, and `password=…` or `"token": "…"` inside of it.
 *
 * Patterns recognise what is known; they are no proof that nothing secret is left.
 */
export function redactText(text: string): string {
  if (text.length <= SHORT && !SUSPECT.test(text)) return text
  let clean = text
  for (const { hint, pattern, replacement } of SHAPES) {
    if (hint.test(clean)) clean = clean.replace(pattern, replacement)
  }
  return clean.replace(CARD, (digits) => (passesLuhn(digits) ? REDACTED : digits))
}

/** The check digit of card numbers (ISO/IEC 7812-1), which spares time stamps and other long numbers. */
function passesLuhn(match: string): boolean {
  const digits = match.replace(/\D/g, '')
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}
