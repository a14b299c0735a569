/** An evaluation as plain data: what `--json` prints, and what the report is written from. @module */
import type { CacheReport, Explanation, GatewayRequest, GatewayResponse } from '@custom-authorizer/core'
import { GatewayRequest as Request } from '@custom-authorizer/core/contract'
import { toData } from '../output/json.ts'
import type { Evaluation, FunctionCall } from './evaluation.ts'
import { type Failure, failureOf } from '../handler/failure.ts'
import type { Handler } from '../handler/load.ts'

/** How the call of the function ended. */
export type ResultData =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: Failure }
  | { readonly status: 'timedOut' }

/** One evaluation. */
export interface EvaluationData {
  /** Absent, like `result`, if the function was not called. */
  readonly event?: unknown
  readonly result?: ResultData
  readonly decision: {
    readonly verdict: 'allow' | 'deny'
    readonly reason: string
    readonly status?: number
    readonly responseType?: string
  }
  /** What the client gets if the request is denied. */
  readonly response?: GatewayResponse
  /** What the handler gets if the request is allowed. */
  readonly authorizer?: { readonly principalId: string; readonly context: unknown; readonly requestContext: unknown }
  readonly cache: CacheReport
  readonly durationMs: number
  readonly explanation: Explanation
}

/** The request that a native function receives, without its methods. */
const requestData = (request: GatewayRequest): unknown => ({
  method: request.method,
  path: request.path,
  queryString: request.queryString,
  headers: request.headers,
  sourceIp: request.sourceIp,
})

const eventData = (event: unknown): unknown => (event instanceof Request ? requestData(event) : toData(event))

const resultData = (settled: NonNullable<FunctionCall['settled']>, { path }: Handler, cwd: string): ResultData => {
  if (settled.status === 'returned') return { status: 'returned', value: toData(settled.value) }
  return settled.status === 'failed' ? { status: 'failed', error: failureOf(settled.error, path, cwd) } : settled
}

/** @param cwd the working directory, for places in files */
export const evaluationData = (evaluation: Evaluation, handler: Handler, cwd: string): EvaluationData => {
  const { call, outcome, decision, explanation } = evaluation
  const { verdict, reason, status, responseType, cache, durationMs } = decision
  return {
    ...(call && { event: eventData(call.event) }),
    ...(call?.settled && { result: resultData(call.settled, handler, cwd) }),
    decision: { verdict, reason, ...(status !== undefined && { status }), ...(responseType && { responseType }) },
    ...(outcome.allowed
      ? {
          authorizer: {
            principalId: outcome.authorizer.principalId,
            context: toData(outcome.authorizer.context),
            requestContext: toData(outcome.authorizer.requestContext),
          },
        }
      : { response: outcome.response }),
    cache,
    durationMs: Math.round(durationMs * 1000) / 1000,
    explanation,
  }
}
