/** Names and values of headers that this library alone sets. @module */
import { asciiLower } from '../util/ascii.ts'

/** Most characters of one value, and of all values that one mount sets (SEC-21). */
export const MAX_VALUE = 4096
export const MAX_TOTAL = 8192

/** Compares names the way the loosest backend would: `X_User` and `x-user` are one (SEC-18). */
export const fold = (name: string): string => asciiLower(name).replace(/[^a-z\d]/g, '-')

/** Text as a header may carry it: printable ASCII stays, `%` and everything else become percent-encoded UTF-8 (SEC-21). */
export const headerText = (text: string): string | undefined => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) return undefined
  return text.replace(/[^\x20-\x7e]|%/gu, (char) => encodeURIComponent(char))
}
