/**
 * Checks options, from a table with one row per option. An error names the option, the kind of the value found and what is
 * allowed (SEC-105), never the value (SEC-101). Also for authors of contracts, stores and adapters.
 * @module
 */
import { AuthorizerError } from './errors.ts'

/** Checks one option: returns a description of the allowed values, or `undefined` if the value is valid. Never shows the value. */
export type Check = (value: unknown) => string | undefined

/** One row per option of `T`. A missing row does not compile. */
export type Checks<T> = { readonly [K in keyof Required<T>]: Check }

const KINDS: Readonly<Partial<Record<string, string>>> = {
  undefined: 'undefined',
  object: 'an object',
}

/**
 * The kind of a value, for an error. Never the value, nor the names of its members: an option may contain a secret by mistake,
 * and start-up errors are logged (SEC-101).
 */
export const describe = (value: unknown): string => {
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  return KINDS[typeof value] ?? `a ${typeof value}`
}

/**
 * Builds the error for an invalid option.
 *
 * @param where path of the option, such as `aws.token.api.stage`
 * @param found a description of the value, such as `an empty string`; never the value
 * @param allowed what the option allows
 */
export const optionProblem = (where: string, found: string, allowed: string): AuthorizerError =>
  new AuthorizerError('ERR_OPTION', `${where}: found ${found}; allowed: ${allowed}`, { option: where, allowed })

/** Builds the error for an invalid option from its value, which is not shown. */
export const optionError = (where: string, value: unknown, allowed: string): AuthorizerError =>
  optionProblem(where, describe(value), allowed)

/**
 * The path of a member in an error, such as `api.stage`. A name is shown only if it looks like the name of an option, a header
 * or a variable, because other texts may be misplaced values.
 */
export const memberOf = (where: string, name: string): string => {
  if (/^[A-Za-z_$][\w$]{0,63}$/.test(name)) return `${where}.${name}`
  return /^[\w$.:+-]{1,64}$/.test(name) ? `${where}["${name}"]` : `${where}[…]`
}

/** Builds the error for an option that does not exist. */
export const unknownOption = (where: string, name: string, allowed: readonly string[]): AuthorizerError =>
  new AuthorizerError('ERR_OPTION', `${memberOf(where, name)} is not an option; allowed: ${allowed.join(', ')}`, {
    option: memberOf(where, name),
    allowed: allowed.join(', '),
  })

/** Whether a value is an object, but not an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns an own member of a record, otherwise `undefined`. Members of a prototype are not read. */
export const ownMember = (record: unknown, name: string): unknown =>
  isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined

/** Accepts `undefined`, too. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value)

/** Accepts whole numbers from `min` to `max`. */
export const integer =
  (min: number, max: number, unit: string = ''): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `a whole number from ${min} to ${max}${unit && ` (${unit})`}`

/** Accepts strings that match a pattern. Default: any string that is not empty. */
export const text =
  (pattern: RegExp = /^[^]+$/, allowed: string = 'a string that is not empty'): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : allowed

/** Accepts one of the values. */
export const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? undefined : values.map((each) => JSON.stringify(each)).join(' or ')

/** Accepts objects that have these methods. */
export const instance =
  (allowed: string, ...methods: readonly string[]): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
      ? undefined
      : allowed

/** Accepts functions. */
export const callable: Check = (value) => (typeof value === 'function' ? undefined : 'a function')

/** Accepts arrays whose elements all pass a check. */
export const listOf =
  (check: Check, max: number = Number.POSITIVE_INFINITY): Check =>
  (value) => {
    if (!Array.isArray(value)) return `an array, each element ${check(undefined) ?? 'anything'}`
    if (value.length > max) return `at most ${max} elements`
    for (const [index, element] of value.entries()) {
      const allowed = check(element)
      if (allowed !== undefined) return `an array, each element ${allowed} (element ${index} is ${describe(element)})`
    }
    return undefined
  }

/** Accepts objects whose member names and values pass two checks. */
export const mapOf =
  (key: Check, member: Check, max: number = Number.POSITIVE_INFINITY): Check =>
  (value) => {
    if (!isRecord(value)) return 'an object'
    if (Object.keys(value).length > max) return `an object with at most ${max} members`
    for (const [name, each] of Object.entries(value)) {
      const wrongKey = key(name)
      if (wrongKey !== undefined) return `an object whose member names are ${wrongKey} (${memberOf('', name)} is not)`
      const wrong = member(each)
      if (wrong !== undefined) return `${wrong} as member ${memberOf('', name)} (it is ${describe(each)})`
    }
    return undefined
  }

/**
 * Copies the own members of `options` into a new frozen object without a prototype, after each has passed its row of
 * `checks`, so that neither a later change of the caller's object nor a polluted prototype has any effect (SEC-108).
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; names the option, the kind of its value and what is allowed
 */
export const checkOptions = <T extends object>(
  where: string,
  options: unknown,
  checks: Checks<T>,
): Readonly<Partial<T>> => {
  if (options === undefined) return Object.freeze(Object.create(null) as Partial<T>)
  if (!isRecord(options)) throw optionError(where, options, 'an object with options')
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof T] : undefined
    if (check === undefined) throw unknownOption(where, name, Object.keys(checks))
    const allowed = optional(check)(value)
    if (allowed !== undefined) throw optionError(`${where}.${name}`, value, allowed)
    if (value !== undefined) copy[name] = value
  }
  return Object.freeze(copy) as Readonly<Partial<T>>
}
