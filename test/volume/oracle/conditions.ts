/** Generates conditions, most of which match the values of the request. @module */
import { isNegated } from './case.ts'
import { lookUp, variablesIn } from './context.ts'
import { type Kind, KINDS } from './condition-kinds.ts'
import { type Draft, singleOrList } from './draft.ts'
import type { Random } from './random.ts'

type Written = Record<string, Record<string, string | readonly string[]>>

export const makeConditions = (draft: Draft): Written => {
  const written: Written = {}
  for (const [operator, key, values] of draft.random.several(1, 3, () => makeCondition(draft))) {
    written[operator] = { ...written[operator], [key]: values }
  }
  return written
}

type One = [operator: string, key: string, values: string | readonly string[]]

const makeCondition = (draft: Draft): One => {
  const { random, odd, malformed } = draft
  const kind = random.pick(KINDS)
  if (random.chance(0.1)) return makeNull(draft, kind)
  const listed = random.chance(0.3)
  const key = random.pick(listed ? kind.listKeys : kind.keys)
  const operator = random.pick(kind.operators)
  // How a list without a quantifier is compared is a known difference.
  const quantified = random.chance(0.1) || (listed && !(odd && random.chance(0.1)))
  const quantifier = quantified ? random.pick(['ForAllValues:', 'ForAnyValue:']) : ''
  const values = random.several(random.chance(0.03) ? 0 : 1, 3, () => makeValue(draft, kind, operator))
  const ifExists = random.chance(0.2) ? 'IfExists' : ''
  const name = malformed && random.chance(0.1) ? misspelt(random, operator) : operator
  return [`${quantifier}${name}${ifExists}`, random.chance(0.9) ? key : key.toLowerCase(), singleOrList(random, values)]
}

const misspelt = (random: Random, operator: string): string =>
  random.pick([operator.toLowerCase(), `${operator}s`, `Not${operator}`, 'Null', 'Equals', ` ${operator}`])

const makeValue = (draft: Draft, kind: Kind, operator: string): string => {
  const { random, odd, malformed } = draft
  if (malformed && kind.malformed !== undefined && random.chance(0.2)) return kind.malformed(random)
  if (odd && random.chance(0.25)) return kind.oddlyWanted(random)
  for (;;) {
    const value = kind.wanted(random)
    if (odd || isCanonical(draft, operator, value)) return value
  }
}

/** Whether the variables of a value avoid every known difference. */
const isCanonical = ({ variables, context }: Draft, operator: string, value: string): boolean => {
  if (!value.includes('${')) return true
  if (!variables) return false
  if (/\$\{[*?$]\}/.test(value) && operator.startsWith('String') && !operator.endsWith('Like')) return false
  return variablesIn(value).every(({ key, fallback }) => {
    const given = lookUp(context, key)
    return given === undefined ? fallback !== undefined || !isNegated(operator) : given !== ''
  })
}

const makeNull = ({ random, odd, malformed, context }: Draft, kind: Kind): One => {
  // Whether an empty list counts as absent is a known difference.
  const keys = [...kind.keys, ...kind.listKeys].filter((key) => {
    const given = lookUp(context, key)
    return odd || !Array.isArray(given) || given.length > 0
  })
  const key = keys.length > 0 ? random.pick(keys) : 'x:Absent'
  const values = random.several(1, random.chance(0.1) ? 2 : 1, () =>
    malformed && random.chance(0.1) ? 'maybe' : random.pick(['true', 'false', 'True']),
  )
  return ['Null', key, singleOrList(random, values)]
}
