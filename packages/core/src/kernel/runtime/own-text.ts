/** Texts that are kept for longer than a request. @module */

/** V8 copies shorter parts of a text at once. */
const MIN_PART = 13

/**
 * A text with memory of its own. V8 keeps the whole text in memory that a part was cut from: a path of 20 characters would
 * keep the request target with its query, and a claim the token that it was read from.
 */
export const ownText = (text: string): string => (text.length < MIN_PART ? text : ` ${text}`.slice(1))
