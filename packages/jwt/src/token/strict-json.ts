/** Parses JSON objects that come from outside. @module */
import { check, JsonProblem, parseJson } from '@custom-authorizer/core/contract'

/** Parses one JSON object (SEC-77). `undefined` for anything else, and for JSON that parsers may read differently. */
export const parseObject = (bytes: Uint8Array): Record<string, unknown> | undefined => {
  const value: unknown = parseJson(bytes, 'the document')
  return check.isRecord(value) && !(value instanceof JsonProblem) ? value : undefined
}
