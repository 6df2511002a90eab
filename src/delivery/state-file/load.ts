import type { Buffer } from 'node:buffer'
import { join } from 'node:path'
import type { Disk } from '../outbox/disk.ts'
import { decodeEnvelope } from './envelope.ts'
import type { StateFileOptions } from './options.ts'

/** Why a file was not used. `missing`: only the copy of the last but one was there. `invalid`: `parse` did not take it. */
export type Unusable = 'missing' | 'corrupt' | 'too_large' | 'not_a_file' | 'unreadable' | 'version' | 'invalid'

/** What there was to begin with. */
export interface Loaded<T> {
  readonly state: T | undefined
  readonly savedAt: number | undefined
  /** Undefined when the file was fine, and when there has never been one. */
  readonly problem: Unusable | undefined
}

/** Where a state is, and where the one before it. */
export interface StatePaths {
  readonly file: string
  readonly backup: string
}

/** A state, or why there is none. */
export type Found<T> = { readonly state: T; readonly savedAt: number } | { readonly problem: Unusable }

const KEPT_CORRUPT = 3

const REASONS: Readonly<Record<string, Unusable>> = {
  ENOENT: 'missing',
  EFBIG: 'too_large',
  ELOOP: 'not_a_file',
  ENOTSUP: 'not_a_file',
}

export function pathsOf({ directory, name }: { readonly directory: string; readonly name: string }): StatePaths {
  const file = join(directory, `${name}.json`)
  return { file, backup: `${file}.bak` }
}

/**
 * Reads the file, or its backup when the file cannot be used, whatever lies there. What cannot be used is moved aside and ends in
 * `.corrupt-N`; of those the last three are kept, but a directory is never removed. Never throws.
 */
export function load<T>(options: Required<StateFileOptions<T>>): Loaded<T> {
  const { file, backup } = pathsOf(options)
  const found = readState(file, options)
  if ('state' in found) return { ...found, problem: undefined }
  const copy = readState(backup, options)
  for (const [path, one] of [[backup, copy] as const, [file, found] as const]) {
    if ('problem' in one && one.problem !== 'missing') setAside(path, options)
  }
  if ('state' in copy) return { ...copy, problem: found.problem }
  // A state that nobody has saved yet is no problem; one of which only an unusable copy is left is.
  const problem = found.problem === 'missing' ? copy.problem : found.problem
  return { state: undefined, savedAt: undefined, problem: problem === 'missing' ? undefined : problem }
}

/** Reads one file, and leaves it as it is. Never throws. */
export function readState<T>(
  path: string,
  { disk, maxBytes, version, parse }: Pick<Required<StateFileOptions<T>>, 'disk' | 'maxBytes' | 'version' | 'parse'>,
): Found<T> {
  let bytes: Buffer
  try {
    bytes = disk.readBounded(path, maxBytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return { problem: REASONS[code] ?? 'unreadable' }
  }
  const envelope = decodeEnvelope(bytes)
  if (envelope === undefined) return { problem: 'corrupt' }
  if (envelope.version !== version) return { problem: 'version' }
  try {
    const state = parse(envelope.data)
    return state === undefined ? { problem: 'invalid' } : { state, savedAt: envelope.savedAt }
  } catch {
    return { problem: 'invalid' }
  }
}

function setAside(path: string, { disk, directory, name }: Required<StateFileOptions<unknown>>): void {
  const kept = numbersOf(disk, directory, name)
  const pathOf = (number: number) => join(directory, `${name}.corrupt-${number}`)
  attempt(() => disk.rename(path, pathOf((kept.at(-1) ?? 0) + 1)))
  for (const number of kept.slice(0, Math.max(0, kept.length + 1 - KEPT_CORRUPT))) {
    attempt(() => disk.remove(pathOf(number)))
  }
}

/** In ascending order. */
function numbersOf(disk: Disk, directory: string, name: string): number[] {
  const prefix = `${name}.corrupt-`
  let names: readonly string[] = []
  attempt(() => {
    names = disk.list(directory)
  })
  return names
    .filter((one) => one.startsWith(prefix))
    .map((one) => Number(one.slice(prefix.length)))
    .filter((number) => Number.isSafeInteger(number))
    .sort((a, b) => a - b)
}

function attempt(step: () => void): void {
  try {
    step()
  } catch {
    // A disk that cannot be written to keeps what lies there, and the state is in memory.
  }
}
