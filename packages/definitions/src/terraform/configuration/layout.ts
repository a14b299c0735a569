/**
 * Finds the lines of blocks and attributes in the text of a `.tf` file, which the parser does not report, and the depth of
 * nesting, which the parser does not bound (DEF-IN-08). One pass over the text.
 * @module
 */

/** A block at the top of a file. */
export interface BlockPlace {
  /** Type and labels, such as `resource aws_api_gateway_method get`. */
  readonly header: string
  readonly line: number
  /** Line of each attribute and inner block, the first of each name. */
  readonly lines: ReadonlyMap<string, number>
}

/** The places of blocks and attributes in a file. */
export interface Layout {
  readonly depth: number
  readonly blocks: readonly BlockPlace[]
}

const TOKEN = /[ \t\r]+|(?:#|\/\/)[^\n]*|\/\*[^]*?(?:\*\/|$)|<<-?([A-Za-z_][\w-]*)[ \t\r]*\n|([A-Za-z_][\w-]*)|[^]/y
const PLAIN = /[^"#/{}[\]()<\n]*/y
const STRING = /(?:[^"\\$\n]|\\[^]|\$\$\{|\$(?!\{))*/y

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' }

/** The position after the line that ends a heredoc. */
const heredocEnd = (text: string, start: number, marker: string): number => {
  for (let from = start; from < text.length;) {
    const next = text.indexOf('\n', from)
    const end = next < 0 ? text.length : next
    if (text.slice(from, end).trim() === marker) return end
    from = end + 1
  }
  return text.length
}

/** Reads the layout of a file. */
export const layoutOf = (text: string): Layout => {
  const blocks: { header: string; line: number; lines: Map<string, number> }[] = []
  const open: string[] = []
  let header: string[] = []
  let current: Map<string, number> | undefined
  let line = 1
  let depth = 0
  let position = 0
  let isStart = true

  const count = (passed: string): void => {
    for (let index = passed.indexOf('\n'); index >= 0; index = passed.indexOf('\n', index + 1)) line += 1
  }
  /** Reads the rest of a string: up to its end, or to an expression inside. Returns its literal text. */
  const readString = (): string => {
    STRING.lastIndex = position
    const [literal = ''] = STRING.exec(text) ?? []
    position += literal.length
    count(literal)
    if (text.startsWith('${', position)) {
      open.push('${')
      position += 2
    } else {
      // A string ends at its quote; one that does not end on its line is an error of syntax, which the parser reports.
      if (text.charAt(position) === '"') position += 1
      if (open.at(-1) === '"') open.pop()
    }
    return literal
  }
  while (position < text.length) {
    if (open.length > 1 || (open.length === 1 && !isStart)) {
      // Inside of a value, only what opens and closes something counts.
      PLAIN.lastIndex = position
      position += PLAIN.exec(text)?.[0].length ?? 0
      if (position >= text.length) break
    }
    TOKEN.lastIndex = position
    const [token = '', heredoc, name] = TOKEN.exec(text) ?? []
    if (token === '') break
    position += token.length
    if (heredoc !== undefined) {
      const body = text.slice(position, heredocEnd(text, position, heredoc))
      position += body.length
      count(token)
      count(body)
      isStart = false
    } else if (name !== undefined) {
      if (open.length === 0) header.push(name)
      else if (open.length === 1 && isStart && current?.has(name) === false) current.set(name, line)
      isStart = false
    } else if (token === '"') {
      open.push('"')
      depth = Math.max(depth, open.length)
      const isLabel = open.length === 1
      const literal = readString()
      if (isLabel) header.push(literal)
      isStart = false
    } else if (token === '{' || token === '[' || token === '(') {
      if (open.length === 0 && token === '{' && !header.includes('=')) {
        current = new Map()
        blocks.push({ header: header.join(' '), line, lines: current })
        header = []
      }
      open.push(token)
      depth = Math.max(depth, open.length)
      isStart = true
    } else if (token === '}' || token === ']' || token === ')') {
      const opened = open.at(-1)
      if (opened === '${' && token === '}') {
        open.pop()
        readString()
      } else if (opened !== undefined && CLOSING[opened] === token) open.pop()
      if (open.length === 0) header = []
      isStart = false
    } else if (token === '\n') {
      line += 1
      isStart = true
      if (open.length === 0) header = []
    } else {
      count(token)
      if (open.length === 0 && token === '=') header.push('=')
      if (!/^[ \t\r]/.test(token)) isStart = false
    }
  }
  return { depth, blocks }
}
