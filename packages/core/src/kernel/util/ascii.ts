/** Folds the case of ASCII letters only, so that no other characters become equal (SEC-16). @module */

// oxlint-disable-next-line no-control-regex -- everything that is not ASCII
const BEYOND_ASCII = /[^\u0000-\u007f]/

/** Lower-cases ASCII letters and nothing else (SEC-16). */
export const asciiLower = (text: string): string =>
  // In other text, `toLowerCase` also folds letters that are not ASCII.
  BEYOND_ASCII.test(text)
    ? text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 32))
    : text.toLowerCase()
