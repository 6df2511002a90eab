/** What can be wrong, one line each; the codes are public and stay. */
export type TelemetryErrorCode =
  | 'handler_exists'
  | 'invalid_id'
  | 'invalid_name'
  | 'invalid_pattern'
  | 'invalid_handler'
  | 'invalid_option'
  | 'invalid_control'
  | 'invalid_event_definition'
  | 'invalid_metric'
  | 'invalid_rule'
  | 'span_abandoned'
  | 'missing_peer'
  | 'address_in_use'
  | 'directory_in_use'
  | 'timeout'
  | 'already_instrumented'
  | 'already_attached'
  | 'name_taken'
  | 'actor_not_found'

/**
 * A programmer's mistake, thrown at set-up and never on the emit path. Match on `code`, not on the message.
 *
 * The message reads `[sonde] <part>: <what is wrong and the way out>`.
 */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError'
  readonly code: TelemetryErrorCode

  constructor(code: TelemetryErrorCode, message: string, options?: ErrorOptions) {
    super(`[sonde] ${message}`, options)
    this.code = code
  }
}
