/**
 * Finds the query parameters that at least one of the usual parsers reads as a given name: Node's `querystring`,
 * `URLSearchParams`, `qs` (Express) with its brackets and dots, Koa 3 and Hono (SEC-20).
 * @module
 */
import { asciiLower } from '../util/ascii.ts'

/** A parameter name, and whether letter case counts. */
export interface QueryName {
  readonly name: string
  readonly names: 'exact' | 'anyCase'
}

const decodeRun = (run: string): string => {
  try {
    return decodeURIComponent(run)
  } catch {
    // Lenient parsers decode the valid escapes and keep the others.
    return run.replace(/%([\da-f]{2})/gi, (_, digits: string) => {
      const code = Number.parseInt(digits, 16)
      return code < 0x80 ? String.fromCharCode(code) : '\ufffd'
    })
  }
}

const decode = (text: string): string => text.replaceAll('+', ' ').replace(/(?:%[\da-f]{2})+/gi, decodeRun)

/** The names that parsers read in one `name=value` pair. `qs` reads `a=b[c]=d` as the name `a=b[c]`. */
const namesIn = (pair: string): readonly string[] => {
  // `URL` removes raw tabs and line breaks; `qs` decodes brackets before it looks for the end of the name.
  const text = pair
    .replace(/[\t\r\n]/g, '')
    .replace(/%5B/gi, '[')
    .replace(/%5D/gi, ']')
  const equals = text.indexOf('=')
  const names = [equals < 0 ? text : text.slice(0, equals)]
  const bracket = text.indexOf(']=')
  if (bracket >= 0 && bracket + 1 !== equals) names.push(text.slice(0, bracket + 1))
  return names.map(decode)
}

/** Splits a name as parsers that build objects do: `user[0][x]`, `[user]` and `user.x` all begin with `user`. */
const partsOf = (name: string): readonly string[] =>
  name
    .replace(/^[\s?]+/, '')
    .split(/[[\].\0]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

const startsWith = (whole: readonly string[], beginning: readonly string[]): boolean =>
  beginning.length > 0 && beginning.length <= whole.length && beginning.every((part, index) => part === whole[index])

/** Whether a parser may read a parameter of the decoded name `found` as the parameter `wanted`. */
export const readsAs = (found: string, { name, names }: QueryName): boolean => {
  const [spelled, wanted] = names === 'exact' ? [found, name] : [asciiLower(found), asciiLower(name)]
  if (spelled === wanted) return true
  const path = partsOf(wanted)
  // `qs` ignores text between a closing and an opening bracket: `[user]x[y]` is `[user][y]`. With its option `allowDots`,
  // it first puts the text after a dot into brackets: `[user]x.y` is `[user][y]` as well.
  const bracketed = spelled.replace(/\.([^.[]+)/g, '[$1]')
  const readings = [spelled, ...[spelled, bracketed].map((each) => each.replace(/\][^[]*/g, ']'))].map(partsOf)
  if (readings.some((parts) => startsWith(parts, path))) return true
  // If both are sent, `qs` reads `filter=user` as a value of `filter[user]`.
  if (wanted.includes('[') && readings.some((parts) => startsWith(path, parts))) return true
  // The names in a list at the top level are its indices.
  return /^\d+$/.test(path[0] ?? '') && /^[\s?]*[[.]/.test(spelled)
}

const isNamed = (pair: string, wanted: QueryName): boolean => namesIn(pair).some((found) => readsAs(found, wanted))

/**
 * Removes the parameters that at least one parser reads as one of `names`, and leaves all others byte for byte. Text after a
 * `;` counts as a parameter, because some backends also separate parameters with `;`.
 */
export const withoutParameters = (queryString: string, names: readonly QueryName[]): string => {
  if (names.length === 0) return queryString
  const isRemoved = (pair: string): boolean => names.some((name) => isNamed(pair, name))
  const remaining: string[] = []
  for (const pair of queryString.split('&')) {
    if (pair === '' || isRemoved(pair)) continue
    const parts = pair.split(';')
    const rest = parts.length === 1 ? pair : parts.filter((part) => !isRemoved(part)).join(';')
    if (rest !== '') remaining.push(rest)
  }
  return remaining.join('&')
}
