/** Policies that must be rejected as malformed. `iam-simulate` evaluates them, and their malformed part matches nothing. @module */
import { isIP } from 'node:net'
import { blocksOf, conditionsOf, type OracleCase, resourcesOf } from '../case.ts'
import type { Difference } from './difference.ts'

/** A W3C date or time on an existing day, or epoch seconds. */
const isDate = (text: string): boolean => {
  if (/^\d+$/.test(text)) return true
  const match = /^(\d{4}-\d\d(?:-\d\d)?)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  const day = match?.[1] ?? ''
  return !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day)
}

const isBlock = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^(?:0|[1-9]\d*)$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}

const isBoolean = (text: string): boolean => /^(?:true|false)$/i.test(text)
const anything = (): boolean => true
const negatable = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [name, name.replace(/Equals|Like/, 'Not$&')])
const ordered = (kind: string): readonly string[] => [
  ...negatable(`${kind}Equals`),
  ...['LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((order) => kind + order),
]

/** The condition operators, with the syntax of their values. */
const OPERANDS = new Map<string, (text: string) => boolean>(
  [
    [negatable('StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'ArnEquals', 'ArnLike'), anything] as const,
    [ordered('Numeric'), (text: string) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)] as const,
    [ordered('Date'), isDate] as const,
    [['Bool', 'Null'], isBoolean] as const,
    [['BinaryEquals'], (text: string) => /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(text)] as const,
    [['IpAddress', 'NotIpAddress'], isBlock] as const,
  ].flatMap(([names, readable]) => names.map((name) => [name, readable] as const)),
)

export const REJECTED_POLICIES: readonly Difference[] = [
  {
    id: 'operator-that-does-not-exist',
    rules: 'AWS-POL-42, AWS-POL-44, SEC-42',
    applies: (each: OracleCase) =>
      conditionsOf(each).some(
        ({ operator, quantifier, ifExists }) =>
          !OPERANDS.has(operator) || (operator === 'Null' && (ifExists || quantifier !== undefined)),
      ),
  },
  {
    id: 'malformed-operand',
    rules: 'AWS-POL-65, SEC-42, SEC-49, SEC-50',
    applies: (each: OracleCase) =>
      conditionsOf(each).some(({ operator, values }) => {
        const readable = OPERANDS.get(operator)
        return readable !== undefined && !values.every(readable)
      }),
  },
  {
    id: 'operator-without-a-key',
    rules: 'SEC-42',
    applies: (each: OracleCase) => blocksOf(each).some(([, block]) => Object.keys(block).length === 0),
  },
  {
    id: 'resource-that-is-no-arn',
    rules: 'AWS-OUT-31',
    applies: (each: OracleCase) => resourcesOf(each).some(({ text }) => text !== '*' && !text.startsWith('arn:')),
  },
]
