/** `gatewayDecision`: the decision of the gateway in front of the service, for comparisons (SEC-132). @module */
import { type Authorizer, createAuthorizer } from '../authorizer/authorizer.ts'
import { KERNEL_CHECKS, type KernelOptions } from '../authorizer/options.ts'
import type { AuthorizerResult } from '../contract/context.ts'
import type { AnyFunction, ContextValues, Contract, Parsed, Settled } from '../contract/contract.ts'
import { GATEWAY_RESPONSES, jsonResponse } from '../contract/gateway-response.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { callable, checkOptions, isRecord, optionError } from '../util/check.ts'
import { type Json, JsonProblem, toJson } from '../util/json.ts'
import { type UnsafeOptions, unsafeOptionsIn } from '../util/unsafe-options.ts'

/** Options of {@link gatewayDecision}. */
export interface GatewayDecisionOptions extends Pick<
  KernelOptions<AnyFunction, ContextValues>,
  'name' | 'onDecision' | 'onAuthorizerError' | 'logger' | 'clock'
> {
  /**
   * Returns the gateway's `requestContext.authorizer` for a request, from the event that the service received or from headers
   * that the integration maps: `{ principalId, … }` of a REST API, `{ lambda }` or `{ jwt }` of an HTTP API. Everything that it
   * returns is trusted.
   */
  contextOf: (request: GatewayRequest) => unknown
}

const WHERE = 'gatewayDecision'

/** Option values that relax a rule (SEC-109). */
export const GATEWAY_DECISION_UNSAFE_OPTIONS: UnsafeOptions = {
  contextOf: {
    value: 'set',
    relaxes: ['SEC-132'],
    effect: 'every request with a context is allowed, so clients that can reach the service beside the gateway pass',
    applies: (value) => typeof value === 'function',
  },
}

interface GatewayResult extends AuthorizerResult {
  /** What `contextOf` returned. */
  readonly received: Members
}

type Members = Readonly<Record<string, Json>>

const isMembers = (value: unknown): value is Members => isRecord(value) && !(value instanceof JsonProblem)

/** The formats of HTTP APIs, by the only member that they have. */
const FORMATS: Readonly<Record<string, (value: Json | undefined) => Omit<GatewayResult, 'received'> | undefined>> = {
  lambda: (context) => {
    if (context === null) return { principalId: '', context: {} }
    return isMembers(context) ? { principalId: '', context } : undefined
  },
  jwt: (jwt) => {
    if (!isMembers(jwt)) return undefined
    const { claims, scopes } = jwt
    if (!isMembers(claims)) return undefined
    const { sub } = claims
    const held = Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : undefined
    return {
      principalId: typeof sub === 'string' ? sub : '',
      context: claims,
      ...(held !== undefined && { heldScopes: held }),
    }
  },
}

const readMembers = (members: Members): Omit<GatewayResult, 'received'> | undefined => {
  const names = Object.keys(members)
  const [only = ''] = names
  const read = names.length === 1 && Object.hasOwn(FORMATS, only) ? FORMATS[only] : undefined
  if (read !== undefined) return read(members[only])
  // The latency is that of the call, and no value of the context.
  const { principalId = '', integrationLatency: _, ...context } = members
  return typeof principalId === 'string' && names.length > 0 ? { principalId, context } : undefined
}

const bad = (problem: string): Parsed<GatewayResult> => ({ accepted: false, reason: 'BAD_RESULT', problem })

const parse = (settled: Settled): Parsed<GatewayResult> => {
  if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  if (settled.status === 'failed') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
  const received = toJson(settled.value, 'requestContext.authorizer')
  if (received instanceof JsonProblem) return bad(received.problem)
  const result = isMembers(received) ? readMembers(received) : undefined
  return result === undefined || !isMembers(received)
    ? bad('contextOf did not return the requestContext.authorizer of a gateway')
    : { accepted: true, result: { ...result, received } }
}

const contractWith = (warnings: readonly string[]): Contract<AnyFunction, 'typed', GatewayResult> => ({
  name: WHERE,
  fingerprint: WHERE,
  warnings,
  identitySources: [],
  resultTtlSeconds: 0,
  timeoutMs: 10_000,
  contextValues: 'typed',
  toEvent: (request) => Object.freeze(request),
  invoke: (contextOf, request) => contextOf(request),
  parseResult: parse,
  decide: () => ({ allowed: true }),
  respond: ({ type }) => {
    const { status, message } = GATEWAY_RESPONSES[type]
    return jsonResponse(status, JSON.stringify({ message }))
  },
  requestContext: ({ received }) => ({ ...received }),
})

/**
 * The decision of the gateway, for a service that receives only requests which the gateway has let pass: each request is
 * allowed with the context that the gateway passes along. Use it as `enforce` of `shadow`. A request without a valid context
 * is denied with 500.
 *
 * It protects nothing by itself. If the service can be reached beside the gateway, every client that sends such a context
 * passes; this is logged once.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const current = gatewayDecision({ contextOf: (request) => getExpressRequest(request).apiGateway?.event.requestContext.authorizer })
 * app.use(customAuthorizer(shadow({ enforce: current, candidate })))
 */
export const gatewayDecision = (options: GatewayDecisionOptions): Authorizer => {
  const { name, onDecision, onAuthorizerError, logger, clock } = KERNEL_CHECKS
  const checks = { contextOf: callable, name, onDecision, onAuthorizerError, logger, clock }
  const { contextOf, ...kernel } = checkOptions<GatewayDecisionOptions>(WHERE, options, checks)
  if (contextOf === undefined) throw optionError(`${WHERE}.contextOf`, contextOf, 'a function')
  const warnings = unsafeOptionsIn(WHERE, { contextOf }, GATEWAY_DECISION_UNSAFE_OPTIONS)
  return createAuthorizer<AnyFunction, AnyFunction>({
    name: WHERE,
    ...kernel,
    authorize: contextOf,
    contract: contractWith(warnings),
  })
}
