/** A value that cannot cross to another process as it is. Never sent in some other shape: that would be a silent change. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code = 'unsupported_value'

  /** `path`: where in the value, as `.items[3].price`; empty for the value itself. */
  constructor(problem: string, path: string) {
    super(`[sonde] ${path === '' ? 'the value' : `the value at ${path}`} ${problem}`)
  }
}
