/** One condition of a statement: operator, key and values (AWS-POL-40 to AWS-POL-49). @module */
import { asciiLower } from '../../contract.ts'
import { type ConditionKeys, INDETERMINATE, type KeyValues } from './condition-keys.ts'
import { OPERATORS, type ValueMatcher } from './operators.ts'

/** A compiled condition. */
export interface Condition {
  /** Operator and key, for explanations. */
  readonly label: string
  holds(keys: ConditionKeys): boolean
}

const NAME = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/

type Quantifier = 'ForAllValues' | 'ForAnyValue' | undefined
type Known = Exclude<KeyValues, typeof INDETERMINATE>

/** Compiles one key of an operator; a string describes what is malformed, without values. */
export const compileCondition = (
  operator: string,
  key: string,
  values: readonly string[],
  effect: 'Allow' | 'Deny',
  variables: boolean,
): Condition | string => {
  const [, quantifier, name, ifExists] = NAME.exec(operator) ?? []
  const label = `${operator} ${key}`
  const lower = asciiLower(key)
  // An indeterminate key never makes an Allow match and always makes a Deny match (SEC-27).
  const guarded = (holds: (given: Known, keys: ConditionKeys) => boolean): Condition => ({
    label,
    holds: (keys) => {
      const given = keys.get(lower)
      return given === INDETERMINATE ? effect === 'Deny' : holds(given, keys)
    },
  })

  if (operator === 'Null') {
    const wanted = values.map((value) => value.toLowerCase())
    if (!wanted.every((value) => value === 'true' || value === 'false'))
      return `Condition.Null has a value that is not true or false`
    return guarded((given) => wanted.includes(given === undefined || given.length === 0 ? 'true' : 'false'))
  }
  const row = name === undefined ? undefined : OPERATORS.get(name)
  if (row === undefined) return 'Condition has an unknown operator'
  const matchers: ValueMatcher[] = []
  for (const value of values) {
    // An indeterminate variable makes a Deny match and an Allow not match, also with negated operators (SEC-27).
    const matcher = row.compile(value, variables, (effect === 'Deny') !== row.negated)
    if (matcher === undefined) return `Condition.${name} has a malformed value`
    matchers.push(matcher)
  }
  const holdsFor = (value: string, keys: ConditionKeys): boolean =>
    matchers.some((matches) => matches(value, keys)) !== row.negated
  return guarded((given, keys) => {
    if (given === undefined) return ABSENT[(quantifier as Quantifier) ?? 'none'](row.negated, ifExists !== undefined)
    return quantify(quantifier as Quantifier, row.negated, given, (value) => holdsFor(value, keys))
  })
}

/**
 * The result for an absent key (AWS-POL-43, 46, 47). `ForAnyValue` requires a value, even with `IfExists`.
 */
const ABSENT: Readonly<Record<'none' | NonNullable<Quantifier>, (negated: boolean, ifExists: boolean) => boolean>> = {
  none: (negated, ifExists) => negated || ifExists,
  ForAllValues: () => true,
  ForAnyValue: () => false,
}

const quantify = (
  quantifier: Quantifier,
  negated: boolean,
  given: readonly string[],
  holds: (value: string) => boolean,
): boolean => {
  if (quantifier === 'ForAllValues') return given.every(holds)
  if (quantifier === 'ForAnyValue') return given.some(holds)
  // Without a quantifier a positive operator needs one match, and a negated operator fails on any match.
  return negated ? given.every(holds) : given.some(holds)
}
