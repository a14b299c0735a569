/** One policy with one request to evaluate, and helpers that read its parts. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import { type Context, type ContextValue, lookUp } from './context.ts'

/**
 * `ordinary`: contains no known difference on purpose. `odd`: may contain one. `malformed`: the policy may be one that must be
 * rejected.
 */
export type CaseKind = 'ordinary' | 'odd' | 'malformed'

/** One policy and one request to evaluate. */
export interface OracleCase {
  readonly number: number
  readonly policy: PolicyDocument
  readonly action: string
  readonly resource: string
  readonly context: Context
}

/** A condition of a policy, with the value that the request has for its key. */
export interface WrittenCondition {
  readonly quantifier: string | undefined
  /** The name without quantifier and `IfExists`. */
  readonly operator: string
  readonly ifExists: boolean
  readonly values: readonly string[]
  readonly given: ContextValue | undefined
}

/** An element of `Resource` or `NotResource`. */
export interface WrittenResource {
  readonly negated: boolean
  /** Whether a match can only deny: `Resource` of a Deny, `NotResource` of an Allow. */
  readonly restricts: boolean
  readonly text: string
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]

export const statementsOf = ({ policy }: OracleCase): readonly PolicyStatement[] => listOf(policy.Statement)

type Written = string | number | boolean
type Block = Readonly<Record<string, Written | readonly Written[]>>

/** Every condition operator in the policy, with its keys. */
export const blocksOf = (each: OracleCase): readonly (readonly [name: string, block: Block])[] =>
  statementsOf(each).flatMap(({ Condition = {} }) => Object.entries(Condition as Readonly<Record<string, Block>>))

/** Every condition in the policy. */
export const conditionsOf = (each: OracleCase): readonly WrittenCondition[] =>
  blocksOf(each).flatMap(([name, block]) => {
    const colon = name.indexOf(':')
    const plain = name.slice(colon + 1)
    return Object.entries(block).map(([key, values]) => ({
      quantifier: colon < 0 ? undefined : name.slice(0, colon),
      operator: plain.replace(/IfExists$/, ''),
      ifExists: plain.endsWith('IfExists'),
      values: listOf(values).map(String),
      given: lookUp(each.context, key),
    }))
  })

/** Every resource pattern in the policy. */
export const resourcesOf = (each: OracleCase): readonly WrittenResource[] =>
  statementsOf(each).flatMap(({ Effect, Resource, NotResource }) => {
    const denies = Effect.toLowerCase() === 'deny'
    const included = listOf(Resource).map((text) => ({ negated: false, restricts: denies, text }))
    return included.concat(listOf(NotResource).map((text) => ({ negated: true, restricts: !denies, text })))
  })

export const isNegated = (operator: string): boolean => operator.includes('Not')
