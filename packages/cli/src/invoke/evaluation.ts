/** Evaluates a request with an authorizer, and records what its function received and returned. @module */
import {
  type AnyFunction,
  type Clock,
  createAuthorizer,
  type ContextValues,
  type Decision,
  type Explanation,
  type GatewayRequest,
  type Outcome,
} from '@custom-authorizer/core'
import type { Settled } from '@custom-authorizer/core/contract'
import type { AnyContract } from './contracts.ts'

/** One call of the function. */
export interface FunctionCall {
  readonly event: unknown
  /** How it ended; absent if the call was not started. */
  readonly settled?: Settled
}

/** One evaluation. */
export interface Evaluation {
  /** Absent if the function was not called: the request had no identity, or the result came from the cache. */
  readonly call?: FunctionCall
  readonly outcome: Outcome
  readonly decision: Decision
  readonly explanation: Explanation
}

/** All evaluations, and the notes of the authorizer. */
export interface Evaluations {
  readonly evaluations: readonly Evaluation[]
  readonly notes: readonly string[]
}

/** What is evaluated. */
export interface Subject {
  readonly authorize: AnyFunction
  readonly contract: AnyContract
  readonly request: GatewayRequest
  /** Number of evaluations, one after the other. */
  readonly times: number
  /** Default: the contract's. */
  readonly timeoutMs: number | undefined
  readonly clock: Clock
}

/** The contract that passes a recorded event to the function. Identity sources are not checked, and nothing is cached. */
export const replaying = (contract: AnyContract, event: unknown): AnyContract => ({
  ...contract,
  identitySources: [],
  validateIdentity: () => undefined,
  resultTtlSeconds: 0,
  toEvent: () => event,
})

const NAME = 'authorizer'
const LOG_PREFIX = `custom-authorizer: "${NAME}": `

/** What one evaluation has reported. */
interface Seen {
  call?: FunctionCall
  decision?: Decision
}

/** Runs the evaluations. Denials, errors of the function and timeouts are outcomes; nothing is thrown for them. */
export const evaluate = async ({ contract, request, times, timeoutMs, ...subject }: Subject): Promise<Evaluations> => {
  const notes = new Set<string>()
  const note = (message: string): unknown => notes.add(message.replace(LOG_PREFIX, ''))
  let seen: Seen = {}
  const recording: AnyContract = {
    ...contract,
    toEvent: (...args) => {
      const event = contract.toEvent(...args)
      seen.call = { event }
      return event
    },
    parseResult: (settled) => {
      seen.call = { event: seen.call?.event, settled }
      return contract.parseResult(settled)
    },
  }
  const authorizer = createAuthorizer<AnyFunction, AnyFunction, ContextValues>({
    ...subject,
    name: NAME,
    contract: recording,
    ...(timeoutMs !== undefined && { timeoutMs }),
    logger: { warn: note, error: note },
    onDecision: (decision) => (seen.decision = decision),
  })
  const evaluations: Evaluation[] = []
  for (let index = 0; index < times; index++) {
    const current: Seen = (seen = {})
    const outcome = await authorizer.evaluate(request)
    // `onDecision` has been called before `evaluate` returns or resolves.
    const { call, decision } = current
    if (decision === undefined) throw new Error('the authorizer has reported no decision')
    evaluations.push({ ...(call && { call }), outcome, decision, explanation: decision.explain() })
  }
  return { evaluations, notes: [...notes] }
}
