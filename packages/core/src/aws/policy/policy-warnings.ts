/** Warnings about policies that may allow more than intended. They never affect the decision. @module */
import { asciiLower } from '../../contract.ts'
import type { CheckedPolicy, CheckedStatement } from './document.ts'

// Whether the pattern has literal segments after its first star; without any, it is meant to match everything below.
const hasInnerStar = (resource: string): boolean => {
  const star = resource.indexOf('*')
  const slash = resource.lastIndexOf('/')
  return star >= 0 && star < slash && /[^*/]/.test(resource.slice(star))
}

const requiresKey = ({ conditions }: CheckedStatement, key: string): boolean =>
  conditions.some((each) => asciiLower(each.operator) === 'null' && asciiLower(each.key) === asciiLower(key))

const adviceOn = (statement: CheckedStatement, index: number): readonly string[] => {
  if (statement.effect !== 'Allow') return []
  const advice: string[] = []
  if (!statement.notResource && statement.resources.some(hasInnerStar)) {
    advice.push(
      `Statement[${index}] allows resources with a "*" before the last part of the path, and in IAM "*" also matches "/", so it may allow more methods and paths than intended: name the stage and the method, or set segmentWildcards: 'strict'`,
    )
  }
  const unsafe = statement.conditions.find(
    ({ operator, key }) => asciiLower(operator).startsWith('forallvalues:') && !requiresKey(statement, key),
  )
  if (unsafe !== undefined) {
    advice.push(
      `Statement[${index}] allows with ForAllValues, which is true when the key is absent: add a condition { "Null": { key: "false" } }`,
    )
  }
  return advice
}

/** One line for each statement that may allow more than intended; it names statements and elements, never values. */
export const adviceFor = ({ statements }: CheckedPolicy): readonly string[] => statements.flatMap(adviceOn)
