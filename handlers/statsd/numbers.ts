/**
 * A finite number as StatsD parsers read it: digits, a point, a sign; never an exponent, which some of them refuse and
 * others cut. Exact: it is the shortest text that reads back as the same number. −0 is `0`.
 */
export function plainDecimal(value: number): string {
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

/** `-1.25e-7` is `-0.000000125`. JavaScript writes one digit before the point, and an exponent below −6 or above 20. */
function withoutExponent(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  const power = Number(exponent)
  return sign + (power < 0 ? `0.${'0'.repeat(-power - 1)}${digits}` : digits.padEnd(power + 1, '0'))
}
