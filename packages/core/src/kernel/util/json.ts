/** Copies the output of authorizers into frozen plain JSON of limited size (SEC-33, SEC-34, SEC-38, SEC-39). @module */
import { JsonNumber } from './json-number.ts'

/** A JSON value, as the context of a result may contain it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const MAX_DEPTH = 32
const MAX_VALUES = 10_000
/** Keys that are rejected at any depth, because downstream code could set the prototype of an object with them. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** A problem that {@link toJson} found. The text names places and kinds, never values. */
export class JsonProblem {
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

/** The path of a member, for messages. A name is shown only if it looks like an identifier. */
export const memberPath = (where: string, key: string): string =>
  /^[A-Za-z_$][\w$-]{0,63}$/.test(key) ? `${where}.${key}` : `${where}[…]`

/** The copies that {@link toJson} has made, with their size. They are frozen and need no second copy. */
const copies = new WeakMap<object, { readonly levels: number; readonly values: number }>()

/**
 * Deep-copies own enumerable members into frozen plain JSON. Members that are `undefined` are left out. Values that JSON does
 * not have, numbers that JavaScript cannot represent, forbidden keys, more than 32 levels and more than 10,000 values are
 * problems.
 *
 * @param prepare converts the value first; an exception in it is a problem. Default: no conversion
 */
export const toJson = (value: unknown, where: string, prepare?: (value: unknown) => unknown): Json | JsonProblem => {
  let values = 0
  let levels = 0
  /** Keys and positions from the value to the current one. Texts are built for problems only. */
  const path: (string | number)[] = []
  const problem = (text: string): JsonProblem => {
    const at = path.reduce<string>(
      (outer, each) => (typeof each === 'number' ? `${outer}[${each}]` : memberPath(outer, each)),
      where,
    )
    return new JsonProblem(`${at} ${text}`)
  }
  const copy = (current: unknown, depth: number): Json | JsonProblem => {
    if (++values > MAX_VALUES) return new JsonProblem(`${where} has more than ${MAX_VALUES} values`)
    if (depth > MAX_DEPTH) return new JsonProblem(`${where} is nested more than ${MAX_DEPTH} levels deep`)
    if (depth > levels) levels = depth
    if (current === null || typeof current === 'string' || typeof current === 'boolean') return current
    if (typeof current === 'number') {
      if (!Number.isFinite(current)) return problem('is not a finite number')
      return current === 0 ? 0 : current
    }
    if (current instanceof JsonNumber) return problem('is a number that JavaScript cannot represent; send it as text')
    if (Array.isArray(current)) {
      const list: Json[] = []
      for (const [index, element] of current.entries()) {
        path.push(index)
        const each = copy(element, depth + 1)
        if (each instanceof JsonProblem) return each
        path.pop()
        list.push(each)
      }
      return Object.freeze(list)
    }
    if (typeof current !== 'object') return problem(`is of type ${typeof current}, which JSON does not have`)
    const known = copies.get(current)
    if (known !== undefined && depth + known.levels <= MAX_DEPTH && values + known.values <= MAX_VALUES) {
      values += known.values
      levels = Math.max(levels, depth + known.levels)
      return current as Json
    }
    const prototype: unknown = Object.getPrototypeOf(current)
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      return problem('is not a plain object')
    }
    const members: Record<string, Json> = {}
    for (const key of Object.keys(current)) {
      if (FORBIDDEN_KEYS.has(key)) return problem(`has a member named ${key}`)
      const member: unknown = (current as Record<string, unknown>)[key]
      if (member === undefined) continue
      path.push(key)
      const each = copy(member, depth + 1)
      if (each instanceof JsonProblem) return each
      path.pop()
      members[key] = each
    }
    return Object.freeze(members)
  }
  try {
    const copied = copy(prepare === undefined ? value : prepare(value), 0)
    if (typeof copied === 'object' && copied !== null && !(copied instanceof JsonProblem))
      copies.set(copied, { levels, values })
    return copied
  } catch {
    return new JsonProblem(`${where} threw while it was read`)
  }
}
