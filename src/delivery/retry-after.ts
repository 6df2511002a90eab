/** The longest wait that a receiver is granted, in milliseconds: one hour. */
export const maxRetryAfterMs = 3_600_000

const MONTHS: readonly string[] = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The three forms of an HTTP date (RFC 9110, 5.6.7); a recipient must accept them all. */
const FORMS: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
]

/**
 * The value of a `Retry-After` header (RFC 9110, 10.2.3) as milliseconds from `now`, 0 to one hour.
 *
 * `now` is milliseconds since the epoch, read when the answer came; a date that has passed is 0. Undefined when the
 * header is missing or malformed.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, maxRetryAfterMs)
  const date = parseHttpDate(text, now)
  return date === undefined ? undefined : Math.min(Math.max(0, date - now), maxRetryAfterMs)
}

function parseHttpDate(text: string, now: number): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) return undefined
  const { day = '', month = '', year = '', time = '' } = parts
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  const monthIndex = MONTHS.indexOf(month)
  if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined
  const fullYear = year.length === 2 ? centuryOf(Number(year), now) : Number(year)
  const midnight = new Date(Date.UTC(fullYear, monthIndex, Number(day)))
  // Date.UTC takes the 31st of February for a day in March.
  if (midnight.getUTCDate() !== Number(day)) return undefined
  return midnight.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1_000
}

/** Two digits that seem more than 50 years ahead mean the past (RFC 9110, 5.6.7). */
function centuryOf(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}
