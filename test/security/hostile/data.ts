/** The hostile data of others, and how it gets into a request. @module */
import { readdirSync, readFileSync } from 'node:fs'
import { dataPath, readData } from '../../support/vendored-data.ts'

const NAUGHTY = 'naughty-strings/blns.json'
const PARSING = 'json-test-suite/test_parsing'

/** The big list of naughty strings. */
export const STRINGS: readonly string[] = readData(NAUGHTY) as readonly string[]

/** One text of JSONTestSuite: `y` has to be read, `n` must not be, `i` is anybody's choice. */
export interface JsonText {
  readonly name: string
  readonly kind: 'y' | 'n' | 'i'
  readonly bytes: Buffer
}
export const JSON_TEXTS: readonly JsonText[] = readdirSync(dataPath(PARSING)).map((name) => ({
  name,
  kind: name.charAt(0) as JsonText['kind'],
  bytes: readFileSync(dataPath(`${PARSING}/${name}`)),
}))

/** Text as Node.js hands over a header that holds its bytes: each as one character. */
export const asHeader = (text: string): string => Buffer.from(text).toString('latin1')

/** Every byte but letters and digits as an escape. */
export const asEscapes = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /^[A-Za-z\d]$/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

/** Text as it may stand in a request line, where a space and the end of a line end it. */
export const asTarget = (text: string): string => asHeader(text).replace(/[\r\n ]/g, (char) => asEscapes(char))

/** Whether a value of nobody's choice shows in something that is logged or answered. Short ones are in every text. */
export const shows = (where: unknown, text: string): boolean => {
  const shown = typeof where === 'string' ? where : JSON.stringify(where)
  return text.trim().length >= 8 && (shown.includes(text) || shown.includes(JSON.stringify(text).slice(1, -1)))
}
