/** Identity sources and their validation (HW-ID-01 to HW-ID-05). @module */
import type { DenialReason } from '../index.ts'
import { type Check, check, type IdentitySource, querySource } from '../contract.ts'
import { eventHeaderSource } from './event.ts'
import { compileExpression } from './linear-regexp.ts'

/** An identity source, named as in the API reference. */
export interface Identity {
  location: 'HEADER' | 'QUERY'
  /** Header names ignore letter case; query parameter names do not (HW-CFG-17, HW-CFG-18). */
  name: string
  /** Regular expression for the value, at most 2048 characters. Default: any value is valid (HW-ID-04). */
  validation?: string | null
}

const MAX_IDENTITIES = 8
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

const identity: Check = (value) => {
  const allowed = '{ location: "HEADER" or "QUERY", name, validation: 1 to 2048 characters }'
  if (!check.isRecord(value)) return allowed
  const { location, name, validation = null, ...rest } = value
  if (Object.keys(rest).length > 0 || typeof name !== 'string' || name === '') return allowed
  if (location !== 'QUERY' && !(location === 'HEADER' && HEADER_NAME.test(name))) return allowed
  return validation === null || (typeof validation === 'string' && validation.length <= 2048) ? undefined : allowed
}

/** Row for the option `identities`. */
export const identitiesOption: Check = check.listOf(identity, MAX_IDENTITIES)

/** Compiled identities. */
export interface Identities {
  readonly sources: readonly IdentitySource[]
  readonly validate: (values: readonly string[]) => DenialReason | undefined
  /** Indexes of the values that do not match. */
  readonly mismatched: (values: readonly string[]) => readonly number[]
  readonly names: { readonly headers: ReadonlySet<string>; readonly query: ReadonlySet<string> }
}

/** @throws {AuthorizerError} `ERR_OPTION` */
export const compileIdentities = (
  where: string,
  identities: readonly Identity[],
  match: 'whole' | 'part',
): Identities => {
  const checks = identities.map(({ validation }, index) =>
    validation === undefined || validation === null || validation === ''
      ? undefined
      : compileExpression(`${where}[${index}].validation`, validation, match),
  )
  const matches =
    (values: readonly string[]) =>
    (each: (typeof checks)[number], index: number): boolean =>
      each === undefined || each(values[index] as string)
  const namesIn = (location: Identity['location']): string[] =>
    identities.filter((each) => each.location === location).map(({ name }) => name)
  return {
    sources: identities.map(({ location, name }) =>
      location === 'HEADER' ? eventHeaderSource(name) : querySource(name),
    ),
    validate: (values) => (checks.every(matches(values)) ? undefined : 'IDENTITY_VALIDATION_FAILED'),
    mismatched: (values) => [...checks.keys()].filter((index) => !matches(values)(checks[index], index)),
    names: {
      headers: new Set(namesIn('HEADER').map((name) => name.toLowerCase())),
      query: new Set(namesIn('QUERY')),
    },
  }
}
