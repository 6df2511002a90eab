/**
 * A finite number as StatsD parsers read it: digits, a point, a sign; never an exponent, which some of them refuse and
 * others cut. Exact: it is the shortest text that reads back as the same number. −0 is `0`.
 */
export function plainDecimal(value: number): string {
  const millionths = Math.round(value * 1e6)
  // Times are mostly so, nanoseconds in milliseconds, and two small integers are written several times as fast as a fraction.
  if (value > 0 && value < 1e9 && millionths / 1e6 === value) return fromMillionths(millionths)
  const text = String(value)
  return text.includes('e') ? withoutExponent(text) : text
}

/**
 * A sample rate above 0 with six significant digits. Rounded down, never up: Telegraf counts a timing ⌊1 ÷ rate⌋ times, and
 * 0.166667 would be five. So 1 ÷ rate is too large by 0.001 % at most.
 */
export function formatRate(rate: number): string {
  const nearest = Number(rate.toPrecision(6))
  if (nearest <= rate) return plainDecimal(nearest)
  const step = 10 ** (Math.floor(Math.log10(rate)) - 5)
  return plainDecimal(Number((nearest - step).toPrecision(6)))
}

function fromMillionths(millionths: number): string {
  const whole = Math.floor(millionths / 1e6)
  // `| 0` for integer arithmetic: the remainder of a double takes ten times as long.
  let rest = (millionths - whole * 1e6) | 0
  if (rest === 0) return String(whole)
  let digits = 6
  for (; rest % 10 === 0; digits--) rest = (rest / 10) | 0
  const fraction = String(rest)
  return `${whole}.${ZEROS[digits - fraction.length]}${fraction}`
}

const ZEROS = ['', '0', '00', '000', '0000', '00000'] as const

/** `-1.25e-7` is `-0.000000125`. JavaScript writes one digit before the point, and an exponent below −6 or above 20. */
function withoutExponent(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  const power = Number(exponent)
  return sign + (power < 0 ? `0.${'0'.repeat(-power - 1)}${digits}` : digits.padEnd(power + 1, '0'))
}
