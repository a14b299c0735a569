/** Objects from outside, and their own members. @module */
import { JsonProblem, parseJson } from '@custom-authorizer/core/contract'

/** Parses an object in JSON that can be read in one way only (SEC-77); `undefined` when the bytes are not exactly one. */
export const parseObject = (bytes: Uint8Array): Record<string, unknown> | undefined => {
  const value = parseJson(bytes, 'the document')
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonProblem)
    ? (value as Record<string, unknown>)
    : undefined
}

/** An own member: what a prototype has is no data. */
export const own = (record: object, name: string): unknown =>
  Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined
