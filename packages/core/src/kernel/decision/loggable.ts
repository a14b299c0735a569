/** Text from clients and functions in a form that cannot forge a log line (SEC-101). @module */
import type { PolicyExplanation } from '../contract/contract.ts'

const MAX_LENGTH = 2048

/** A character that {@link loggable} escapes. */
const UNPRINTABLE = /[^\x21-\x5b\x5d-\x7e]/
const EVERY_UNPRINTABLE = /[^\x21-\x5b\x5d-\x7e]/g
const EVERY_UNPRINTABLE_BUT_SPACES = /[^\x20-\x5b\x5d-\x7e]/g

const escaped = (text: string, unprintable: RegExp): string =>
  text.slice(0, MAX_LENGTH).replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Escapes text for one field of a log line. Visible ASCII stays; spaces, backslashes and all other characters become
 * `\uXXXX`, so that different texts stay different. Text after 2048 characters is cut off.
 */
export const loggable = (text: string): string =>
  text.length <= MAX_LENGTH && !UNPRINTABLE.test(text) ? text : escaped(text, EVERY_UNPRINTABLE)

/** Like {@link loggable}, but keeps spaces: for text that is not a field of its own. */
const loggableText = (text: string): string => escaped(text, EVERY_UNPRINTABLE_BUT_SPACES)

/** Escapes the statement IDs and conditions of a policy explanation. */
export const loggablePolicy = (policy: PolicyExplanation): PolicyExplanation => ({
  ...policy,
  statements: policy.statements.map((each) => ({
    ...each,
    ...(each.sid !== undefined && { sid: loggableText(each.sid) }),
    ...(each.condition !== undefined && { condition: loggableText(each.condition) }),
  })),
})
