/** Differences in policy variables. @module */
import { conditionsOf, isNegated, type OracleCase, resourcesOf } from '../case.ts'
import { lookUp, variablesIn } from '../context.ts'
import type { Difference } from './difference.ts'

const supportsVariables = ({ policy }: OracleCase): boolean => policy.Version === '2012-10-17'
const expandsVariables = (operator: string): boolean => /^(?:String|Arn)/.test(operator)

/** Every text of the policy that can contain variables. */
const textsOf = (each: OracleCase): readonly string[] => [
  ...resourcesOf(each).map(({ text }) => text),
  ...conditionsOf(each).flatMap(({ operator, values }) => (expandsVariables(operator) ? values : [])),
]

/** Whether a variable refers to a key that is absent or has several values. */
const hasUnresolved = (each: OracleCase, text: string): boolean =>
  supportsVariables(each) &&
  variablesIn(text).some(({ key, fallback }) => {
    const given = lookUp(each.context, key)
    return (given === undefined && fallback === undefined) || Array.isArray(given)
  })

export const VARIABLE_DIFFERENCES: readonly Difference[] = [
  {
    id: 'variables-of-the-old-version',
    rules: 'AWS-POL-80',
    applies: (each) => !supportsVariables(each) && textsOf(each).some((text) => text.includes('${')),
  },
  {
    id: 'unresolved-variable-in-not-resource',
    rules: 'AWS-POL-27, AWS-POL-83',
    applies: (each) => resourcesOf(each).some(({ negated, text }) => negated && hasUnresolved(each, text)),
  },
  {
    id: 'unresolved-variable-under-negation',
    rules: 'AWS-POL-41, AWS-POL-83',
    applies: (each) =>
      conditionsOf(each).some(
        ({ operator, values }) =>
          expandsVariables(operator) && isNegated(operator) && values.some((value) => hasUnresolved(each, value)),
      ),
  },
  {
    id: 'variable-with-an-empty-value',
    rules: 'AWS-POL-82, AWS-POL-84',
    applies: (each) =>
      supportsVariables(each) &&
      textsOf(each).some((text) =>
        variablesIn(text).some(({ key, fallback }) => fallback === '' || lookUp(each.context, key) === ''),
      ),
  },
  {
    id: 'default-value-without-a-space',
    rules: 'AWS-POL-82',
    applies: (each) => supportsVariables(each) && textsOf(each).some((text) => /\$\{[^}]*,'/.test(text)),
  },
  {
    id: 'escape-in-string-equals',
    rules: 'AWS-POL-66, AWS-POL-80',
    applies: (each) =>
      supportsVariables(each) &&
      conditionsOf(each).some(
        ({ operator, values }) => /^String.*Equals/.test(operator) && values.some((value) => /\$\{[*?$]\}/.test(value)),
      ),
  },
]
