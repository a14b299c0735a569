/** Parses the arguments of a command with its table. Every problem is a `UsageError` that says what is allowed. @module */
import { parseArgs } from 'node:util'
import { UsageError } from '../usage-error.ts'
import { suggestion } from './nearest.ts'
import { type OptionRow, optionName, type OptionTable, type ValuesOf } from './table.ts'

/** The arguments of a command. */
export interface Arguments<T extends OptionTable> {
  readonly positionals: readonly string[]
  readonly values: ValuesOf<T>
}

const configOf = (row: OptionRow): { type: 'boolean' | 'string'; short?: string } => ({
  type: row.kind === 'flag' ? 'boolean' : 'string',
  ...(row.short !== undefined && { short: row.short }),
})

/** All options in one line, for messages. */
const listOf = (table: OptionTable): string => Object.keys(table).map(optionName).join(', ')

const unknown = (written: string, table: OptionTable): UsageError => {
  const names = Object.keys(table).map(optionName)
  return new UsageError(`unknown option ${written}.${suggestion(written, names)}`, `Options: ${listOf(table)}`)
}

/** Converts one value; the message of a wrong one does not contain it, because it may be a credential. */
const convert = (name: string, row: OptionRow, value: string): string | number => {
  if (row.kind === 'integer') {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= row.min && number <= row.max) return number
    throw new UsageError(`${optionName(name)} is not a whole number from ${row.min} to ${row.max}`)
  }
  if (row.kind === 'choice' && !row.choices.includes(value))
    throw new UsageError(
      `${optionName(name)} is unknown.${suggestion(value, row.choices)}`,
      `Allowed: ${row.choices.join(', ')}`,
    )
  return value
}

/** Whether a value is rather the next option: the user has forgotten the value. */
const isOption = (value: string, table: OptionTable): boolean =>
  value.startsWith('--') && Object.hasOwn(table, value.slice(2).replace(/=.*$/s, ''))

type Found = Record<string, boolean | number | string | undefined | (string | number)[]>

/** The value of an option that the user has not set. */
const unset = (row: OptionRow): Found[string] => (row.kind === 'flag' ? false : row.kind === 'list' ? [] : undefined)

/** @throws {UsageError} if an option is unknown, repeated, or has a wrong value */
export const parseArguments = <T extends OptionTable>(args: readonly string[], table: T): Arguments<T> => {
  const options = Object.fromEntries(Object.entries(table).map(([name, row]) => [name, configOf(row)]))
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const positionals: string[] = []
  const found: Found = {}
  for (const [name, row] of Object.entries(table)) found[name] = unset(row)
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    if (row === undefined) throw unknown(rawName, table)
    if (row.kind === 'flag') {
      if (value !== undefined) throw new UsageError(`${optionName(name)} has no value`)
      found[name] = true
      continue
    }
    if (value === undefined || (!inlineValue && isOption(value, table)))
      throw new UsageError(`${optionName(name)} needs a value: ${optionName(name)} ${row.value}`)
    const converted = convert(name, row, value)
    if (row.kind === 'list') (found[name] as (string | number)[]).push(converted)
    else if (seen.has(name)) throw new UsageError(`${optionName(name)} is set twice`)
    else found[name] = converted
    seen.add(name)
  }
  return { positionals, values: found as ValuesOf<T> }
}

/**
 * Splits `name=value`.
 *
 * @throws {UsageError} without a name or without `=`
 */
export const parsePair = (option: string, text: string): readonly [name: string, value: string] => {
  const at = text.indexOf('=')
  if (at <= 0) throw new UsageError(`${optionName(option)} is not NAME=VALUE`)
  return [text.slice(0, at), text.slice(at + 1)]
}
