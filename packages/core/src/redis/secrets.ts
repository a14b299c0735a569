/** Keys that are derived from the secrets of a store (FLEET-61 to FLEET-63). @module */
import { createHmac } from 'node:crypto'
import { check, type Check } from '../contract.ts'

const MIN_BYTES = 32

/** A secret: text, which is used as UTF-8, or bytes. */
export type Secret = string | Uint8Array

const bytesOf = (secret: Secret): Uint8Array =>
  typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret)

const secret: Check = (value) =>
  (typeof value === 'string' || value instanceof Uint8Array) && bytesOf(value).length >= MIN_BYTES
    ? undefined
    : `a text or Uint8Array of at least ${MIN_BYTES} bytes`

/** At least one secret: the current one first, then those that were replaced. */
export const secretList: Check = (value) =>
  Array.isArray(value) && value.length === 0
    ? 'at least one secret: the current one, then previous ones'
    : check.listOf(secret, 10)(value)

const hmac = (key: Uint8Array | string, text: string): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(text, 'utf8').digest())

const digest = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text, 'utf8').digest('base64url')

/** Keys for one purpose each. */
export interface DerivedKeys {
  /** Names the secret; says nothing about it. */
  readonly id: string
  /** The name of a result in Redis. */
  nameOf(text: string): string
  /** The name of a counter. */
  counterOf(this: void, text: string): string
  /** The tag of an invalidation. */
  tagOf(text: string): string
  /** The encryption key of a UTC day. */
  dayKey(day: number): Uint8Array
}

/** Derives the keys of one secret. */
export const deriveKeys = (given: Secret): DerivedKeys => {
  const root = bytesOf(given)
  const derive = (purpose: string): Uint8Array => hmac(root, `custom-authorizer.1.${purpose}`)
  const names = derive('names')
  const counters = derive('counters')
  const tags = derive('tags')
  const values = derive('values')
  return {
    id: digest(derive('id'), '').slice(0, 8),
    nameOf: (text) => digest(names, text),
    counterOf: (text) => digest(counters, text),
    tagOf: (text) => digest(tags, text),
    dayKey: (day) => hmac(values, String(day)),
  }
}
