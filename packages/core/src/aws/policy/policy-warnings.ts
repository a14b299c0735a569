/** What a policy may mean other than its author thinks. Advice changes no decision. @module */
import { asciiLower } from '../../contract.ts'
import type { CheckedPolicy, CheckedStatement } from './document.ts'

// Everything below the first star is stars: such a pattern is meant to cover everything below.
const reaches = (resource: string): boolean => {
  const star = resource.indexOf('*')
  const slash = resource.lastIndexOf('/')
  return star >= 0 && star < slash && /[^*/]/.test(resource.slice(star))
}

const isGuarded = ({ conditions }: CheckedStatement, key: string): boolean =>
  conditions.some((each) => asciiLower(each.operator) === 'null' && asciiLower(each.key) === asciiLower(key))

const adviceOn = (statement: CheckedStatement, index: number): readonly string[] => {
  if (statement.effect !== 'Allow') return []
  const advice: string[] = []
  if (!statement.notResource && statement.resources.some(reaches)) {
    advice.push(
      `Statement[${index}] allows resources with a "*" before the last part of the path; in IAM it also covers "/", so that further methods and paths may match: name the stage and the method, or set segmentWildcards: 'strict' (SEC-46)`,
    )
  }
  const unguarded = statement.conditions.find(
    ({ operator, key }) => asciiLower(operator).startsWith('forallvalues:') && !isGuarded(statement, key),
  )
  if (unguarded !== undefined) {
    advice.push(
      `Statement[${index}] allows with ForAllValues, which is true when the key is absent: add a condition { "Null": { key: "false" } } (SEC-43)`,
    )
  }
  return advice
}

/** One line for each statement that may allow more than was meant: positions and element names, never values. */
export const adviceFor = ({ statements }: CheckedPolicy): readonly string[] => statements.flatMap(adviceOn)
