/**
 * Preserves the source text of numbers in JSON. JavaScript numbers lose digits (`9007199254740993` becomes `…992`, so that
 * two callers have the same ID) and spelling (`1.0` becomes `1`), and `JSON.parse` of Node.js 20 does not report the source
 * text (SEC-35, AWS-OUT-06, AWS-OUT-15).
 *
 * A number within ±(2^53−1) is an ordinary number. If `String` spells it differently, its spelling is stored for the object
 * that contains it. Any other number is a {@link JsonNumber}, so that no code loses its digits unnoticed.
 * @module
 */
import { JsonSize } from './json-size.ts'

/** A JSON number that JavaScript cannot represent: an integer outside ±(2^53−1), or a number out of range. */
export class JsonNumber {
  /** The number as it is in the document. */
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
  /** Serialized as a string, because the next parser would lose the digits of a number. */
  toJSON(): string {
    return this.text
  }
}

/** Spellings of numbers that `String` spells differently, by object or array, then by name or index. */
const spellings = new WeakMap<object, Map<string, string>>()
/** Whether a number has needed its source text in this process. Never the case without remote functions. */
let inUse = false

const isExact = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER

/** Whether a JavaScript number represents the number, and `String` returns the same text. */
export const survives = (text: string): boolean => {
  const value = Number(text)
  return isExact(value) && String(value) === text
}

const storeNumber = (holder: object, key: string, text: string): number | JsonNumber => {
  inUse = true
  const value = Number(text)
  if (!isExact(value)) return new JsonNumber(text)
  // Negative zero is zero (SEC-35).
  if (value === 0 && text.startsWith('-')) return value
  const spelled = spellings.get(holder) ?? new Map<string, string>()
  spellings.set(holder, spelled.set(key, text))
  return value
}

const spellingOf = (holder: object, key: string, value: unknown): string | undefined => {
  if (value instanceof JsonNumber) return value.text
  const text = typeof value === 'number' ? spellings.get(holder)?.get(key) : undefined
  return text !== undefined && Number(text) === value ? text : undefined
}

/** Reviver for `JSON.parse` that converts strings of `mark` and a number back to the number. */
export const revivingNumbers = (mark: string): ((this: object, key: string, value: unknown) => unknown) =>
  function revive(key, value) {
    return typeof value === 'string' && value.startsWith(mark)
      ? storeNumber(this, key, value.slice(mark.length))
      : value
  }

/** Text that may be a JSON number. */
const NUMERAL = /^-?\d[\d.eE+-]*$/

/**
 * Converts a value to JSON and back, as a Lambda or FunctionGraph runtime does with a function's result. Numbers keep their
 * source text. Returns `undefined` if JSON has no such value.
 *
 * @throws {RangeError} if the text would be larger than any response of a Lambda function
 * @throws the error of `JSON.stringify`
 */
export const throughJson = (value: unknown): unknown => {
  const size = new JsonSize()
  let mark: string | undefined
  const replace = function (this: Readonly<Record<string, unknown>>, key: string, each: unknown): unknown {
    size.add(key, each)
    if (!inUse) return each
    // A JsonNumber arrives here as the text that its `toJSON` returned.
    const isCandidate = typeof each === 'number' || (typeof each === 'string' && NUMERAL.test(each))
    const text = isCandidate ? spellingOf(this, key, typeof each === 'number' ? each : this[key]) : undefined
    if (text === undefined) return each
    mark ??= crypto.randomUUID()
    return mark + text
  }
  const text = JSON.stringify(value, replace) as string | undefined
  if (text === undefined) return undefined
  return JSON.parse(text, mark === undefined ? undefined : revivingNumbers(mark)) as unknown
}

/**
 * Copies an object and replaces the numbers among the named members by their source text. Returns the object itself if no
 * number has any.
 */
export const spellNumbers = <T extends object>(holder: T, names: readonly string[]): T => {
  if (!inUse) return holder
  const texts = names.flatMap((name) => {
    const text = spellingOf(holder, name, (holder as Record<string, unknown>)[name])
    return text === undefined ? [] : [[name, text] as const]
  })
  return texts.length === 0 ? holder : { ...holder, ...Object.fromEntries(texts) }
}

/** Values that are nested more deeply are rejected in any case. */
const MAX_DEPTH = 32

const containsJsonNumber = (value: unknown, depth: number): boolean =>
  value instanceof JsonNumber ||
  (typeof value === 'object' &&
    value !== null &&
    depth < MAX_DEPTH &&
    Object.values(value).some((each) => containsJsonNumber(each, depth + 1)))

/**
 * Copies an object without the members that contain a {@link JsonNumber} at any depth, other than those in `except`. Returns
 * the object itself if there are none.
 */
export const omitJsonNumbers = <T extends object>(holder: T, except: ReadonlySet<string>): T => {
  if (!inUse) return holder
  const entries = Object.entries(holder)
  const remaining = entries.filter(([name, value]) => except.has(name) || !containsJsonNumber(value, 1))
  return remaining.length === entries.length ? holder : (Object.fromEntries(remaining) as T)
}
