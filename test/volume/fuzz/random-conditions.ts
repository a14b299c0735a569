/** Random conditions; most values are valid for their operator. @module */
import * as fc from 'fast-check'

export const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
export const some = <T>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength, maxLength })

/** Mostly the first arbitrary, rarely the second. */
export const rarely = <T>(usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: seldom })

const operator = rarely(
  from(
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'Bool',
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'IpAddress',
    'NotIpAddress',
    'Null',
  ),
  from('StringEqual', 'stringEquals'),
)
const value = from(
  'red',
  'RED',
  'r*',
  '?',
  '*',
  'a',
  'a${*}b',
  '${aws:Referer}',
  "${aws:UserAgent, 'red'}",
  '',
  '12',
  '13',
  'true',
  'False',
  '10.0.0.0/8',
  '203.0.113.9',
  '2001:db8::/32',
)
export const condition = fc.record({
  operator,
  quantifier: from('', '', '', 'ForAllValues:', 'ForAnyValue:'),
  ifExists: from('', '', '', 'IfExists'),
  key: from('aws:UserAgent', 'aws:useragent', 'aws:Referer', 'aws:SourceIp', 'aws:SecureTransport', 'aws:PrincipalArn'),
  values: some(rarely(value, from('10.0.0.0/33', '10.1', 'maybe', 'x')), 0, 3),
})
export type Condition = typeof condition extends fc.Arbitrary<infer T> ? T : never

// Removes most invalid values, so that few policies are rejected.
const fits = ({ operator: name }: Condition, given: string): boolean => {
  if (name === 'Bool' || name === 'Null') return /^(?:true|false)$/i.test(given)
  if (name.startsWith('Numeric')) return /^\d+$/.test(given)
  return !name.endsWith('IpAddress') || /[.:]/.test(given)
}
export const conditionOf = (each: Condition): Record<string, Record<string, readonly string[]>> => {
  const name = each.operator === 'Null' ? each.operator : `${each.quantifier}${each.operator}${each.ifExists}`
  return { [name]: { [each.key]: each.values.filter((given) => fits(each, given)) } }
}
