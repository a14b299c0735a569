/** Letter case without Unicode: code points are compared, and only A to Z have two forms (SEC-16). @module */

/** Lower-cases ASCII letters and nothing else (SEC-16). */
export const asciiLower = (text: string): string => {
  let upper = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // Beyond ASCII the built-in folds more than letters of ASCII.
    if (code > 0x7f) return text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 32))
    upper ||= code >= 0x41 && code <= 0x5a
  }
  return upper ? text.toLowerCase() : text
}
