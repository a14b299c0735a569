/** Reference implementation of policy text: wildcards, variables, ARN fields and percent-encoded escapes. @module */
import { referenceGlob, type Unit } from './glob.ts'

/** The values of a condition key: a list, absent, or indeterminate. */
export type Given = readonly string[] | undefined | 'unknown'
export type Keys = (lowerName: string) => Given

/** Text with expanded variables; `unknown` or `absent` if a variable has no value. */
type Resolved = readonly Unit[] | 'unknown' | 'absent'

export interface How {
  readonly wildcards: boolean
  readonly variables: boolean
}

const literal = (text: string): readonly Unit[] => text.split('').map((char) => ({ literal: char }))

/** Parses the text between `${` and `}`: one of three characters, or a key with an optional default. */
const variable = (inner: string, keys: Keys): { readonly values: Given; readonly fallback: string | undefined } => {
  if (['*', '?', '$'].includes(inner)) return { values: [inner], fallback: undefined }
  const [name = '', fallback] = inner.split(/\s*,\s*'/)
  const valid = /^[A-Za-z0-9-]+:[\w.:/=+@-]+$/.test(name) && (fallback === undefined || /^[^']*'$/.test(fallback))
  return valid
    ? { values: keys(name.toLowerCase()), fallback: fallback?.slice(0, -1) }
    : { values: undefined, fallback: undefined }
}

/** Expands policy text; `inPlaceOfUnknown` replaces an indeterminate value. */
export const resolve = (text: string, how: How, keys: Keys, inPlaceOfUnknown?: Unit): Resolved => {
  const units: Unit[] = []
  let absent = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    const end = how.variables && text.startsWith('${', at) ? text.indexOf('}', at) : -1
    if (end > 0) {
      const { values, fallback } = variable(text.slice(at + 2, end).trim(), keys)
      at = end
      if (values === 'unknown') {
        if (inPlaceOfUnknown === undefined) return 'unknown'
        units.push(inPlaceOfUnknown)
        continue
      }
      const value = values === undefined ? fallback : values.length === 1 ? values[0] : undefined
      if (value === undefined) absent = true
      else units.push(...literal(value))
    } else units.push(how.wildcards && char === '*' ? 'any' : how.wildcards && char === '?' ? 'one' : { literal: char })
  }
  return absent ? 'absent' : units
}

/** Decodes escapes of printable ASCII except `%` and `/`; changes other escapes to upper case. */
export const plain = (text: string): string =>
  text.replace(/%[\da-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number(`0x${escape.slice(1)}`))
    return /^[ -~]$/.test(char) && char !== '%' && char !== '/' ? char : escape.toUpperCase()
  })

/** The possible readings of policy text: `%` starts an escape, or some or all `%` are literal. */
const readings = [
  (run: string): string => run,
  (run: string): string => run.replace(/%(?![\da-f]{2})/gi, '%25'),
  (run: string): string => run.replaceAll('%', '%25'),
]

/** The readings of a pattern, between its wildcards; characters beyond ASCII count as their escapes. */
export const plainUnits = (units: readonly Unit[]): readonly (readonly Unit[])[] =>
  readings.map((read) => {
    const runs: Unit[] = []
    let run = ''
    for (const unit of [...units, undefined]) {
      if (typeof unit === 'object') {
        run += unit.literal
        continue
      }
      runs.push(...literal(plain(read(run).replace(/[\u0080-\uffff]+/g, encodeURIComponent))))
      run = ''
      if (unit !== undefined) runs.push(unit)
    }
    return runs
  })

const wild = (text: string): readonly Unit[] =>
  text.split('').map((char) => (char === '*' ? 'any' : char === '?' ? 'one' : { literal: char }))

/** The resource parts of a pattern after its segments have matched the five fields of a head. */
const remainders = (segments: readonly string[], fields: readonly string[], wide: boolean): readonly string[] => {
  const [segment, ...later] = segments
  const [field, ...others] = fields
  if (segment === undefined) return ['*']
  if (field === undefined) return [segments.join(':')]
  if (!referenceGlob(wild(segment), field)) return []
  const found = [...remainders(later, others, wide)]
  // In a pattern that can only deny, a star at the end of a segment also matches the fields that follow.
  if (wide && segment.endsWith('*') && later.length > 0)
    for (let skip = 1; skip <= others.length; skip++) found.push(...remainders(later, others.slice(skip), wide))
  return found
}

/** The resource parts of a pattern for requests with a head; empty if the head does not match. */
export const resourceParts = (pattern: string, head: string, wide: boolean): readonly string[] => {
  if (pattern === '*') return ['*']
  const segments = pattern.split(':')
  // A pattern with a wildcard in the service grants nothing.
  if (!wide && /[*?]/.test(segments[2] ?? '')) return []
  return remainders(segments, head.split(':'), wide)
}
