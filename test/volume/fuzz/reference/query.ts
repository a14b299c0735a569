/** Reference implementation of query strings and percent-encoding (AWS-EVT-23, AWS-EVT-24, SEC-55). @module */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Percent-decoded UTF-8; `undefined` if the bytes are invalid. */
const referenceDecode = (text: string): string | undefined => {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '+') bytes.push(0x20)
    else if (char < '\u0080' && char !== '%') bytes.push(char.charCodeAt(0))
    else if (char !== '%') bytes.push(...encoder.encode(char))
    else {
      const digits = text.slice(at + 1, at + 3)
      if (!/^[\da-f]{2}$/i.test(digits)) return undefined
      bytes.push(Number(`0x${digits}`))
      at += 2
    }
  }
  try {
    return decoder.decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}

export interface ReferenceParameter {
  readonly name: string | undefined
  readonly value: string | undefined
}

export const referenceQuery = (queryString: string): readonly ReferenceParameter[] =>
  queryString
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...values] = part.split('=')
      return { name: referenceDecode(name), value: referenceDecode(values.join('=')) }
    })
