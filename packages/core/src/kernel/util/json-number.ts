/**
 * Numbers of a JSON document with the text that they have in it. JavaScript numbers lose digits (`9007199254740993` becomes
 * `…992`, so that two callers become one) and spelling (`1.0` becomes `1`); Node.js 20 cannot tell what the source was
 * (SEC-35, AWS-OUT-06, AWS-OUT-15).
 *
 * A number within ±(2^53−1) is an ordinary number; its spelling, where `String` would give another one, is kept beside the
 * object that holds it. Any other number is a {@link JsonNumber}, so that no code can lose its digits without noticing.
 * @module
 */

/** A JSON number that JavaScript cannot hold: an integer outside ±(2^53−1), or a number out of range. */
export class JsonNumber {
  /** The number as it is in the document. */
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
  /** As JSON it is text: a number would lose its digits again at the next reader. */
  toJSON(): string {
    return this.text
  }
}

/** The spelling of numbers that `String` would spell otherwise, by object or array and by name or index. */
const spellings = new WeakMap<object, Map<string, string>>()
/** Whether there has been anything to keep in this process: without remote functions there is not. */
let inUse = false

const isExact = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER

/** Whether a JavaScript number holds the number, and `String` gives back its text. */
export const survives = (text: string): boolean => {
  const value = Number(text)
  return isExact(value) && String(value) === text
}

const keep = (holder: object, key: string, text: string): number | JsonNumber => {
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

/** For `JSON.parse`: turns texts that begin with `mark` into the numbers that they stand for. */
export const revivingNumbers = (mark: string): ((this: object, key: string, value: unknown) => unknown) =>
  function revive(key, value) {
    return typeof value === 'string' && value.startsWith(mark) ? keep(this, key, value.slice(mark.length)) : value
  }

/** Numerals as JSON has them. */
const NUMERAL = /^-?\d[\d.eE+-]*$/

/**
 * Takes a value through JSON text and back, as a function's result is on its way out of its runtime. Numbers keep their text.
 * `undefined` when JSON has no such value.
 *
 * @throws whatever `JSON.stringify` throws
 */
export const throughJson = (value: unknown): unknown => {
  let mark: string | undefined
  const marked = function (this: Readonly<Record<string, unknown>>, key: string, each: unknown): unknown {
    // A JsonNumber arrives here as the text that its `toJSON` returned.
    const isCandidate = typeof each === 'number' || (typeof each === 'string' && NUMERAL.test(each))
    const text = isCandidate ? spellingOf(this, key, typeof each === 'number' ? each : this[key]) : undefined
    if (text === undefined) return each
    mark ??= crypto.randomUUID()
    return mark + text
  }
  const text = JSON.stringify(value, inUse ? marked : undefined) as string | undefined
  if (text === undefined) return undefined
  return JSON.parse(text, mark === undefined ? undefined : revivingNumbers(mark)) as unknown
}

/** A copy in which the named members that are numbers are their text in the document; the object itself when none is. */
export const spellNumbers = <T extends object>(holder: T, names: readonly string[]): T => {
  if (!inUse) return holder
  const texts = names.flatMap((name) => {
    const text = spellingOf(holder, name, (holder as Record<string, unknown>)[name])
    return text === undefined ? [] : [[name, text] as const]
  })
  return texts.length === 0 ? holder : { ...holder, ...Object.fromEntries(texts) }
}

/** Deeper values are rejected anyway. */
const MAX_DEPTH = 32

const holdsJsonNumber = (value: unknown, depth: number): boolean =>
  value instanceof JsonNumber ||
  (typeof value === 'object' &&
    value !== null &&
    depth < MAX_DEPTH &&
    Object.values(value).some((each) => holdsJsonNumber(each, depth + 1)))

/** A copy without the members that hold a {@link JsonNumber} at any depth, except those named; the object itself when none does. */
export const omitJsonNumbers = <T extends object>(holder: T, except: ReadonlySet<string>): T => {
  if (!inUse) return holder
  const entries = Object.entries(holder)
  const kept = entries.filter(([name, value]) => except.has(name) || !holdsJsonNumber(value, 1))
  return kept.length === entries.length ? holder : (Object.fromEntries(kept) as T)
}
