/** The naughty strings and JSON texts of `test/data`, and ways to put them into a request. @module */
import { readdirSync, readFileSync } from 'node:fs'
import { dataPath, readData } from '../../support/vendored-data.ts'

const NAUGHTY = 'naughty-strings/blns.json'
const PARSING = 'json-test-suite/test_parsing'

/** The Big List of Naughty Strings. */
export const STRINGS: readonly string[] = readData(NAUGHTY) as readonly string[]

/** One text of JSONTestSuite: parsers must accept `y`, must reject `n`, and may do either for `i`. */
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

/** The text as Node.js presents a header with its UTF-8 bytes: one character per byte. */
export const asHeader = (text: string): string => Buffer.from(text).toString('latin1')

/** Percent-encodes every byte except letters and digits. */
export const asEscapes = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /^[A-Za-z\d]$/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

/** The text in a request line: spaces and line breaks are encoded because they would end it. */
export const asTarget = (text: string): string => asHeader(text).replace(/[\r\n ]/g, (char) => asEscapes(char))

/** Whether a log line or response contains a value. Values below eight characters are ignored: they occur by chance. */
export const shows = (where: unknown, text: string): boolean => {
  const shown = typeof where === 'string' ? where : JSON.stringify(where)
  return text.trim().length >= 8 && (shown.includes(text) || shown.includes(JSON.stringify(text).slice(1, -1)))
}
