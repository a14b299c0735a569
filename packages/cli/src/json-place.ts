/** Finds the first error in JSON text. `JSON.parse` reports its place in some versions of Node.js only. @module */

type Kind = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'scalar'
type State = 'value' | 'firstElement' | 'firstName' | 'name' | 'colon' | 'after'

const SPACE = /[ \t\n\r]*/y
const TOKEN =
  /([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy

const VALUES: readonly Kind[] = ['{', '[', 'string', 'scalar']
const ALLOWED: Readonly<Record<State, readonly Kind[]>> = {
  value: VALUES,
  firstElement: [...VALUES, ']'],
  firstName: ['string', '}'],
  name: ['string'],
  colon: [':'],
  after: [',', '}', ']'],
}

/** The state after a token. `open` contains the brackets that are open, and is changed. */
const next = (kind: Kind, state: State, open: ('{' | '[')[]): State => {
  if (kind === '{' || kind === '[') {
    open.push(kind)
    return kind === '{' ? 'firstName' : 'firstElement'
  }
  if (kind === '}' || kind === ']') open.pop()
  if (kind === ':') return 'value'
  if (kind === ',') return open.at(-1) === '{' ? 'name' : 'value'
  return kind === 'string' && (state === 'name' || state === 'firstName') ? 'colon' : 'after'
}

const fits = (kind: Kind, state: State, open: readonly ('{' | '[')[]): boolean => {
  if (kind === '}') return ALLOWED[state].includes(kind) && open.at(-1) === '{'
  if (kind === ']') return ALLOWED[state].includes(kind) && open.at(-1) === '['
  return ALLOWED[state].includes(kind) && (kind !== ',' || open.length > 0)
}

/** Index of the first character that JSON does not allow; the length of the text if its end is missing. */
const errorIndex = (text: string): number => {
  const open: ('{' | '[')[] = []
  let state: State = 'value'
  for (let at = 0; ;) {
    SPACE.lastIndex = at
    at += (SPACE.exec(text)?.[0] ?? '').length
    TOKEN.lastIndex = at
    const [token, mark, string] = TOKEN.exec(text) ?? []
    if (token === undefined) return at
    const kind = (mark ?? (string === undefined ? 'scalar' : 'string')) as Kind
    if (!fits(kind, state, open)) return at
    state = next(kind, state, open)
    at += token.length
  }
}

/** The first error as `line 3, column 7`, both from 1. For text that is not JSON. */
export const errorPlace = (text: string): string => {
  const lines = text.slice(0, errorIndex(text)).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`
}
