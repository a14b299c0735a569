/** Limits repeated lines in the log (SEC-99). @module */

const INTERVAL_MS = 60_000
const MAX_LINES = 100

/** Remembers which lines were logged recently. */
export class RepeatedLines {
  // In the order in which they were logged, so that the first is the oldest.
  readonly #lines = new Map<string, { readonly at: number; repeats: number }>()

  /**
   * Returns the line to log, or `undefined` if the same line was logged less than a minute ago. After that minute, the next
   * one states how many were left out. At most 100 different lines are logged per minute.
   *
   * @param now monotonic time in milliseconds
   */
  next(line: string, now: number): string | undefined {
    const known = this.#lines.get(line)
    if (known !== undefined && now - known.at < INTERVAL_MS) {
      known.repeats++
      return undefined
    }
    this.#lines.delete(line)
    const [oldest] = this.#lines
    if (oldest !== undefined && this.#lines.size >= MAX_LINES) {
      if (now - oldest[1].at < INTERVAL_MS) return undefined
      this.#lines.delete(oldest[0])
    }
    this.#lines.set(line, { at: now, repeats: 0 })
    return known === undefined || known.repeats === 0
      ? line
      : `${line} (${known.repeats} more like it since the last line)`
  }
}
