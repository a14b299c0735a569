/** Condition operators, one row each (AWS-POL-50 to AWS-POL-65). @module */
import { asciiLower, inBlock, parseAddress, parseBlock } from '../../contract.ts'
import type { ConditionKeys } from './condition-keys.ts'
import { compileText, type TextSyntax } from './pattern-text.ts'

/** Whether a value of the request matches one value of the policy. */
export type ValueMatcher = (value: string, keys: ConditionKeys) => boolean

interface Operator {
  /**
   * Compiles one value of the policy; `undefined` if it is malformed (AWS-POL-65). `indeterminate` is the result if a
   * variable is indeterminate.
   */
  readonly compile: (value: string, variables: boolean, indeterminate: boolean) => ValueMatcher | undefined
  /** Whether the condition holds if no value of the policy matches (AWS-POL-41). */
  readonly negated: boolean
}

type Compile = Operator['compile']

const textual =
  (wildcards: boolean): Compile =>
  (value, variables, indeterminate) =>
    compileText(value, { wildcards, variables } satisfies TextSyntax, indeterminate)

const ignoringCase: Compile = (value, variables, indeterminate) => {
  const syntax = { wildcards: false, variables }
  const exact = compileText(value, syntax, indeterminate)
  const folded = compileText(asciiLower(value), syntax, indeterminate)
  return (given, keys) => exact(given, keys) || folded(asciiLower(given), { get: (key) => foldValues(keys.get(key)) })
}

const foldValues = (values: ReturnType<ConditionKeys['get']>): ReturnType<ConditionKeys['get']> =>
  Array.isArray(values) ? values.map(asciiLower) : values

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const parseNumber = (text: string): number | undefined => {
  const number = DECIMAL.test(text) ? Number(text) : undefined
  return number !== undefined && Number.isFinite(number) ? number : undefined
}

const ISO_DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/
/** Parses an ISO 8601 date (W3C profile; UTC without a time zone) or epoch seconds into milliseconds since the epoch. */
const parseDate = (text: string): number | undefined => {
  // Four digits are a year; any other number of digits is a time in seconds.
  if (/^\d+$/.test(text) && text.length !== 4)
    return Number.isSafeInteger(Number(text) * 1000) ? Number(text) * 1000 : undefined
  const match = ISO_DATE.exec(text)
  if (match === null) return undefined
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match
  const offset = /^([+-]\d\d):?(\d\d)$/.exec(zone)
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset ? `${offset[1]}:${offset[2]}` : 'Z'}`
  const time = Date.parse(iso)
  // `Date.parse` accepts 31 February as a day in March; such a date is malformed.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return Number.isNaN(time) || Number(day) > days ? undefined : time
}

const compared =
  (parse: (text: string) => number | undefined, holds: (given: number, wanted: number) => boolean): Compile =>
  (value) => {
    const wanted = parse(value)
    if (wanted === undefined) return undefined
    return (text) => {
      const given = parse(text)
      return given !== undefined && holds(given, wanted)
    }
  }

const bool: Compile = (value) => {
  const wanted = asciiLower(value)
  return wanted === 'true' || wanted === 'false' ? (given) => asciiLower(given) === wanted : undefined
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/
const binary: Compile = (value) =>
  BASE64.test(value) ? (given) => BASE64.test(given) && atob(given) === atob(value) : undefined

const address: Compile = (value) => {
  const block = parseBlock(value)
  if (block === undefined) return undefined
  return (text) => {
    const given = parseAddress(text)
    return given !== undefined && inBlock(given, block)
  }
}

const splitSix = (text: string): readonly string[] => {
  const parts = text.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

// Split at colons outside `${…}` only: the name of a variable contains colons.
const splitPattern = (text: string): readonly string[] => {
  const parts = text.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g)?.map((part) => part.replace(/:$/, '')) ?? []
  const cut = text.endsWith(':')
    ? parts
    : parts.slice(0, parts.length - (parts.at(-1) === '' && parts.length > 1 ? 1 : 0))
  return cut.length <= 6 ? cut : [...cut.slice(0, 5), cut.slice(5).join(':')]
}

const arn: Compile = (value, variables, indeterminate) => {
  if (value === '*') return () => true
  const segments = splitPattern(value)
  if (segments.length !== 6) return undefined
  // Variables are expanded in the resource only (AWS-POL-81).
  const matchers = segments.map((segment, index) =>
    compileText(segment, { wildcards: true, variables: variables && index === 5 }, indeterminate),
  )
  return (given, keys) => {
    const parts = splitSix(given)
    return parts.length === 6 && matchers.every((matches, index) => matches(parts[index] as string, keys))
  }
}

const both = (name: string, negatedName: string, compile: Compile): readonly [string, Operator][] => [
  [name, { compile, negated: false }],
  [negatedName, { compile, negated: true }],
]
const ordered = (kind: string, parse: (text: string) => number | undefined): readonly [string, Operator][] => [
  ...both(
    `${kind}Equals`,
    `${kind}NotEquals`,
    compared(parse, (a, b) => a === b),
  ),
  [`${kind}LessThan`, { compile: compared(parse, (a, b) => a < b), negated: false }],
  [`${kind}LessThanEquals`, { compile: compared(parse, (a, b) => a <= b), negated: false }],
  [`${kind}GreaterThan`, { compile: compared(parse, (a, b) => a > b), negated: false }],
  [`${kind}GreaterThanEquals`, { compile: compared(parse, (a, b) => a >= b), negated: false }],
]

/** All operators except `Null`, by their exact names. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...both('StringEquals', 'StringNotEquals', textual(false)),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', ignoringCase),
  ...both('StringLike', 'StringNotLike', textual(true)),
  ...ordered('Numeric', parseNumber),
  ...ordered('Date', parseDate),
  ['Bool', { compile: bool, negated: false }],
  ['BinaryEquals', { compile: binary, negated: false }],
  ...both('IpAddress', 'NotIpAddress', address),
  ...both('ArnEquals', 'ArnNotEquals', arn),
  ...both('ArnLike', 'ArnNotLike', arn),
])
