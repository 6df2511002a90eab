import { rmSync } from 'node:fs'

/**
 * Removes the directory of something that was closed. A draft whose writing had begun before may still appear in it, and is removed by its
 * writer or here: that is why it is tried again.
 */
export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 })
}
