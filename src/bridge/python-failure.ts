import { BridgeError, type BridgeFailure, type PythonError } from './bridge-error.ts'

const PYTHON_FAILURES: Readonly<Record<string, BridgeFailure>> = {
  unknown_function: 'unknown_function',
  invalid_arguments: 'invalid_arguments',
  unsupported_value: 'unsupported_value',
  cancelled: 'cancelled',
}

/** A failure as a worker has told it. */
export function pythonFailure(code: string, fn: string, python: PythonError): BridgeError {
  const failure = PYTHON_FAILURES[code] ?? 'python_error'
  const what = failure === 'python_error' ? `'${fn}' has raised ${python.type}: ${python.message}` : python.message
  return new BridgeError(failure, what, { python })
}
