/** Values as JSON text: for `--json`, and for the parts of a report that are data. @module */
import type { Output } from '../host.ts'
import { printableLines } from './text.ts'

/** Version of the schema of `--json`. It changes when a member is removed or changes its meaning. */
const SCHEMA_VERSION = 1

const replace = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return '[function]'
  return typeof value === 'symbol' ? '[symbol]' : value
}

/** Converts a value to JSON data. Values that JSON does not have become text that names their kind. */
export const toData = (value: unknown): unknown => {
  try {
    const text = JSON.stringify(value, replace) as string | undefined
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return '[a value that cannot be written as JSON]'
  }
}

/** JSON with indentation. Characters that a terminal could interpret are escaped; the value stays the same. */
export const jsonText = (data: unknown): string => printableLines(JSON.stringify(data, undefined, 2) ?? 'undefined')

/** Writes the result of a command for `--json`. */
export const writeJson = (stdout: Output, data: Readonly<Record<string, unknown>>): void =>
  stdout.write(`${jsonText({ version: SCHEMA_VERSION, ...data })}\n`)
