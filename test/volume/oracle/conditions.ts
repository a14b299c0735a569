/** Makes conditions whose values meet those of the request more often than not. @module */
import { isNegated } from './case.ts'
import { lookUp, variablesIn } from './context.ts'
import { type Kind, KINDS } from './condition-kinds.ts'
import { bracketed, type Making } from './draft.ts'
import type { Random } from './random.ts'

type Written = Record<string, Record<string, string | readonly string[]>>

export const makeConditions = (making: Making): Written => {
  const written: Written = {}
  for (const [operator, key, values] of making.random.several(1, 3, () => makeCondition(making))) {
    written[operator] = { ...written[operator], [key]: values }
  }
  return written
}

type One = [operator: string, key: string, values: string | readonly string[]]

const makeCondition = (making: Making): One => {
  const { random, odd, malformed } = making
  const kind = random.pick(KINDS)
  if (random.chance(0.1)) return makeNull(making, kind)
  const listed = random.chance(0.3)
  const key = random.pick(listed ? kind.listKeys : kind.keys)
  const operator = random.pick(kind.operators)
  // Without a quantifier a list has no agreed meaning.
  const quantified = random.chance(0.1) || (listed && !(odd && random.chance(0.1)))
  const quantifier = quantified ? random.pick(['ForAllValues:', 'ForAnyValue:']) : ''
  const values = random.several(random.chance(0.03) ? 0 : 1, 3, () => makeValue(making, kind, operator))
  const ifExists = random.chance(0.2) ? 'IfExists' : ''
  const name = malformed && random.chance(0.1) ? misspelt(random, operator) : operator
  return [`${quantifier}${name}${ifExists}`, random.chance(0.9) ? key : key.toLowerCase(), bracketed(random, values)]
}

const misspelt = (random: Random, operator: string): string =>
  random.pick([operator.toLowerCase(), `${operator}s`, `Not${operator}`, 'Null', 'Equals', ` ${operator}`])

const makeValue = (making: Making, kind: Kind, operator: string): string => {
  const { random, odd, malformed } = making
  if (malformed && kind.malformed !== undefined && random.chance(0.2)) return kind.malformed(random)
  if (odd && random.chance(0.25)) return kind.oddlyWanted(random)
  for (;;) {
    const value = kind.wanted(random)
    if (odd || isCanonical(making, operator, value)) return value
  }
}

/** Whether nothing about the variables of a value is a known difference. */
const isCanonical = ({ variables, context }: Making, operator: string, value: string): boolean => {
  if (!value.includes('${')) return true
  if (!variables) return false
  if (/\$\{[*?$]\}/.test(value) && operator.startsWith('String') && !operator.endsWith('Like')) return false
  return variablesIn(value).every(({ key, fallback }) => {
    const given = lookUp(context, key)
    return given === undefined ? fallback !== undefined || !isNegated(operator) : given !== ''
  })
}

const makeNull = ({ random, odd, malformed, context }: Making, kind: Kind): One => {
  // What an empty list is, absent or present, is a known difference.
  const keys = [...kind.keys, ...kind.listKeys].filter((key) => {
    const given = lookUp(context, key)
    return odd || !Array.isArray(given) || given.length > 0
  })
  const key = keys.length > 0 ? random.pick(keys) : 'x:Absent'
  const values = random.several(1, random.chance(0.1) ? 2 : 1, () =>
    malformed && random.chance(0.1) ? 'maybe' : random.pick(['true', 'false', 'True']),
  )
  return ['Null', key, bracketed(random, values)]
}
