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

/** The copies that {@link toJson} has made, with the levels and the number of values in them. They are frozen and need no second copy. */
const copies = new WeakMap<object, { readonly levels: number; readonly inside: number }>()

/** What is wrong with a value, and where it is: keys and positions from the outermost value to this one. */
class Misfit {
  readonly path: (string | number)[] = []
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Adds a key or position on the way out. */
  at(key: string | number): this {
    this.path.unshift(key)
    return this
  }

  in(where: string): JsonProblem {
    const place = this.path.reduce<string>(
      (outer, each) => (typeof each === 'number' ? `${outer}[${each}]` : memberPath(outer, each)),
      where,
    )
    return new JsonProblem(`${place} ${this.text}`)
  }
}

/** A limit for the whole value, which no part of it exceeds alone. */
class Excess extends Misfit {
  override at(): this {
    return this
  }
}

/** One copy that is being made. A class, because closures for each copy cost more than a small copy. */
class Copying {
  values = 0
  levels = 0
  readonly #copyText: ((text: string) => string) | undefined

  constructor(copyText?: (text: string) => string) {
    this.#copyText = copyText
  }

  copy(current: unknown, depth: number): Json | Misfit {
    if (++this.values > MAX_VALUES) return new Excess(`has more than ${MAX_VALUES} values`)
    if (depth > MAX_DEPTH) return new Excess(`is nested more than ${MAX_DEPTH} levels deep`)
    if (depth > this.levels) this.levels = depth
    if (typeof current === 'string') return this.#copyText?.(current) ?? current
    if (current === null || typeof current === 'boolean') return current
    if (typeof current === 'number') {
      if (!Number.isFinite(current)) return new Misfit('is not a finite number')
      return current === 0 ? 0 : current
    }
    if (typeof current !== 'object') return new Misfit(`is of type ${typeof current}, which JSON does not have`)
    if (current instanceof JsonNumber)
      return new Misfit('is a number that JavaScript cannot represent; send it as text')
    const known = copies.get(current)
    if (known === undefined || depth + known.levels > MAX_DEPTH || this.values + known.inside > MAX_VALUES)
      return Array.isArray(current) ? this.#copyList(current, depth) : this.#copyMembers(current, depth)
    this.values += known.inside
    this.levels = Math.max(this.levels, depth + known.levels)
    return current as Json
  }

  #copyList(current: readonly unknown[], depth: number): readonly Json[] | Misfit {
    const list: Json[] = []
    for (let index = 0; index < current.length; index++) {
      const each = this.copy(current[index], depth + 1)
      if (each instanceof Misfit) return each.at(index)
      list.push(each)
    }
    return Object.freeze(list)
  }

  #copyMembers(current: object, depth: number): Json | Misfit {
    const prototype: unknown = Object.getPrototypeOf(current)
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null)
      return new Misfit('is not a plain object')
    const members: Record<string, Json> = {}
    for (const key of Object.keys(current)) {
      if (FORBIDDEN_KEYS.has(key)) return new Misfit(`has a member named ${key}`)
      const member: unknown = (current as Record<string, unknown>)[key]
      if (member === undefined) continue
      const each = this.copy(member, depth + 1)
      if (each instanceof Misfit) return each.at(key)
      members[key] = each
    }
    return Object.freeze(members)
  }
}

/**
 * Deep-copies own enumerable members into frozen plain JSON. Members that are `undefined` are left out. Values that JSON does
 * not have, numbers that JavaScript cannot represent, forbidden keys, more than 32 levels and more than 10,000 values are
 * problems.
 *
 * @param prepare converts the value first; an exception in it is a problem. Default: no conversion
 * @param copyText copies each text, but not the names of members. Default: texts are not copied
 */
export const toJson = (
  value: unknown,
  where: string,
  prepare?: (value: unknown) => unknown,
  copyText?: (text: string) => string,
): Json | JsonProblem => {
  try {
    const copying = new Copying(copyText)
    const copied = copying.copy(prepare === undefined ? value : prepare(value), 0)
    if (copied instanceof Misfit) return copied.in(where)
    if (typeof copied === 'object' && copied !== null && copied !== value)
      copies.set(copied, { levels: copying.levels, inside: copying.values - 1 })
    return copied
  } catch {
    return new JsonProblem(`${where} threw while it was read`)
  }
}
