/** Reference implementation of conditions, for the operators that the fuzzer generates (AWS-POL-40 to AWS-POL-51, SEC-27, SEC-43). @module */
import { referenceBlock } from './address.ts'
import { referenceGlob, type Unit } from './glob.ts'
import { type Keys, resolve } from './policy-text.ts'

type Matches = (wanted: string, given: string) => boolean
type TextMatches = (wanted: readonly Unit[], given: string) => boolean

const lower = (text: string): string => text.replace(/[A-Z]/g, (char) => char.toLowerCase())
const numeric = (compare: (given: number, wanted: number) => boolean): Matches => {
  return (wanted, given) => /^\d+$/.test(given) && compare(Number(given), Number(wanted))
}

const TEXTUAL: Readonly<Record<string, { readonly wildcards: boolean; readonly matches: TextMatches }>> = {
  StringEquals: { wildcards: false, matches: referenceGlob },
  StringLike: { wildcards: true, matches: referenceGlob },
  StringEqualsIgnoreCase: {
    wildcards: false,
    matches: (wanted, given) =>
      referenceGlob(
        wanted.map((unit) => (typeof unit === 'object' ? { literal: lower(unit.literal) } : unit)),
        lower(given),
      ),
  },
}

const PLAIN: Readonly<Record<string, { readonly valid: (value: string) => boolean; readonly matches: Matches }>> = {
  Bool: {
    valid: (value) => ['true', 'false'].includes(lower(value)),
    matches: (wanted, given) => lower(wanted) === lower(given),
  },
  NumericEquals: { valid: (value) => /^\d+$/.test(value), matches: numeric((given, wanted) => given === wanted) },
  NumericLessThan: { valid: (value) => /^\d+$/.test(value), matches: numeric((given, wanted) => given < wanted) },
  IpAddress: {
    valid: (value) => referenceBlock(value) !== undefined,
    matches: (wanted, given) => referenceBlock(wanted)?.(given) ?? false,
  },
}

const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  NumericNotEquals: 'NumericEquals',
  NotIpAddress: 'IpAddress',
}

/** Whether a condition is true; `malformed` if the policy must be rejected. */
export const referenceCondition = (
  written: string,
  key: string,
  values: readonly string[],
  effect: 'Allow' | 'Deny',
  variables: boolean,
  keys: Keys,
): boolean | 'malformed' => {
  const given = keys(lower(key))
  if (written === 'Null') {
    if (!values.every((value) => ['true', 'false'].includes(lower(value)))) return 'malformed'
    if (given === 'unknown') return effect === 'Deny'
    return values.some((value) => (lower(value) === 'true') === (given === undefined || given.length === 0))
  }
  const [, quantifier, named = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(written) ?? []
  const negated = Object.hasOwn(NEGATIONS, named)
  const operator = NEGATIONS[named] ?? named
  const textual = Object.hasOwn(TEXTUAL, operator) ? TEXTUAL[operator] : undefined
  const simple = Object.hasOwn(PLAIN, operator) ? PLAIN[operator] : undefined
  if (textual === undefined && simple === undefined) return 'malformed'
  if (simple !== undefined && !values.every(simple.valid)) return 'malformed'

  if (given === 'unknown') return effect === 'Deny'
  if (given === undefined) {
    if (quantifier === 'ForAllValues:') return true
    if (quantifier === 'ForAnyValue:') return false
    return negated || ifExists !== undefined
  }
  const matches = (wanted: string, value: string): boolean => {
    if (textual === undefined) return simple?.matches(wanted, value) ?? false
    const resolved = resolve(wanted, { wildcards: textual.wildcards, variables }, keys)
    // An indeterminate value applies a Deny and does not apply an Allow.
    if (resolved === 'unknown') return (effect === 'Deny') !== negated
    return resolved !== 'absent' && textual.matches(resolved, value)
  }
  const holdsFor = (value: string): boolean => values.some((wanted) => matches(wanted, value)) !== negated
  return quantifier === 'ForAllValues:' || (quantifier === undefined && negated)
    ? given.every(holdsFor)
    : given.some(holdsFor)
}
