/** Colours for a terminal. Without colours the text contains no escape codes. @module */

/** Functions that mark text. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
}

/** Codes that begin and end a style (ECMA-48, SGR). */
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39] } as const

const plain = (text: string): string => text

/** The styles with colours, or without any. */
export const style = (colour: boolean): Style => {
  const mark = (name: keyof typeof CODES): Style['bold'] => {
    const [start, end] = CODES[name]
    return colour ? (text) => `\u001b[${start}m${text}\u001b[${end}m` : plain
  }
  return { bold: mark('bold'), dim: mark('dim'), red: mark('red'), green: mark('green') }
}
