/** What both evaluators are asked, and ways to look at it. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import { type Context, type ContextValue, lookUp } from './context.ts'

/** One policy and one question to it. */
export interface OracleCase {
  readonly number: number
  readonly policy: PolicyDocument
  readonly action: string
  readonly resource: string
  readonly context: Context
}

/** A condition of a policy next to the value that the request has for it. */
export interface WrittenCondition {
  readonly quantifier: string | undefined
  /** Name without quantifier and `IfExists`. */
  readonly operator: string
  readonly ifExists: boolean
  readonly values: readonly string[]
  readonly given: ContextValue | undefined
}

/** An element of `Resource` or `NotResource`. */
export interface WrittenResource {
  readonly negated: boolean
  /** Whether a match takes something away from the caller: `Resource` of a Deny, `NotResource` of an Allow. */
  readonly takesAway: boolean
  readonly text: string
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]

export const statementsOf = ({ policy }: OracleCase): readonly PolicyStatement[] => listOf(policy.Statement)

type Written = string | number | boolean
type Block = Readonly<Record<string, Written | readonly Written[]>>

/** Every operator that the policy writes, with its keys. */
export const blocksOf = (each: OracleCase): readonly (readonly [name: string, block: Block])[] =>
  statementsOf(each).flatMap(({ Condition = {} }) => Object.entries(Condition as Readonly<Record<string, Block>>))

/** Every condition that the policy writes. */
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

/** Every resource pattern that the policy writes. */
export const resourcesOf = (each: OracleCase): readonly WrittenResource[] =>
  statementsOf(each).flatMap(({ Effect, Resource, NotResource }) => {
    const denies = Effect.toLowerCase() === 'deny'
    const included = listOf(Resource).map((text) => ({ negated: false, takesAway: denies, text }))
    return included.concat(listOf(NotResource).map((text) => ({ negated: true, takesAway: !denies, text })))
  })

export const isNegated = (operator: string): boolean => operator.includes('Not')
