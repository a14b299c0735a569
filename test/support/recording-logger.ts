/** A logger that records its lines. @module */
import type { Logger } from '@custom-authorizer/core'

export class RecordingLogger implements Logger {
  readonly lines: string[] = []

  warn(message: string): void {
    this.lines.push(message)
  }

  error(message: string): void {
    this.lines.push(message)
  }
}
