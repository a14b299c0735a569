/** Authorizers with a usage plan, on a clock of the test. @module */
import {
  allow,
  type Authorizer,
  createAuthorizer,
  type Decision,
  type Denied,
  type GatewayRequest,
  type NativeAnswer,
  type Outcome,
  unauthorized,
} from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import {
  MemoryUsageStore,
  type KeyPlanOptions,
  type PlannedAuthorizer,
  type SubjectPlanOptions,
  usagePlan,
} from '@custom-authorizer/core/usage-plan'
import { responseHeader } from './outcome.ts'
import { RecordingLogger } from './recording-logger.ts'
import { gatewayRequest, type RequestParts } from './request.ts'

/** Values of two configured keys, and of a key that is not configured. */
export const KEY = 'acme-Key-Value-0123456789'
export const OTHER_KEY = 'beta-Key-Value-0123456789'
export const UNKNOWN_KEY = 'none-Key-Value-0123456789'

/** Two keys in a plan with a quota of two requests a day. */
export const TWO_A_DAY: Required<Pick<KeyPlanOptions, 'plans' | 'keys'>> = {
  plans: [{ id: 'gold', quota: { limit: 2, period: 'DAY' } }],
  keys: [
    { id: 'acme', value: KEY, usagePlanIds: ['gold'] },
    { id: 'beta', value: OTHER_KEY, usagePlanIds: ['gold'] },
  ],
}

export interface PlannedParts {
  /** Default: allows every caller that sends `Authorization`, which is the principal ID. */
  readonly authorize?: (request: GatewayRequest) => NativeAnswer | Promise<NativeAnswer>
  /** Combines the native authorizer with others. Default: it is used alone. */
  readonly wrap?: (member: Authorizer) => Authorizer
  /** More options of `createAuthorizer`. */
  readonly kernel?: object
}

export interface SentRequest extends Omit<RequestParts, 'headers'> {
  /** Default `GET /pets`. */
  readonly line?: string
  /** Default `ann`; `null` for none. */
  readonly token?: string | null
  readonly key?: string | readonly string[]
}

export interface Planned {
  readonly plan: PlannedAuthorizer
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly store: MemoryUsageStore
  readonly decisions: readonly Decision[]
  /** Calls of the authorizer function so far. */
  readonly calls: () => number
  readonly evaluate: (request?: SentRequest) => Outcome | Promise<Outcome>
  /** `200`, or status and reason of the denial. */
  readonly send: (request?: SentRequest) => Promise<string>
}

/** Builds a request with a token and keys. */
export const keyed = ({ line = 'GET /pets', token = 'ann', key = [], ...parts }: SentRequest = {}): GatewayRequest => {
  const keys = typeof key === 'string' ? [key] : key
  const headers = [
    ...(token === null ? [] : [['Authorization', token] as const]),
    ...keys.map((each) => ['x-api-key', each] as const),
  ]
  return gatewayRequest(line, { ...parts, headers })
}

/** Status and reason of an outcome. */
export const textOf = (outcome: Outcome): string =>
  outcome.allowed ? '200' : `${outcome.response.status} ${outcome.reason}`

export const retryAfterOf = (denied: Denied): string | undefined => responseHeader(denied, 'retry-after')

const allowToken = (request: GatewayRequest): NativeAnswer => {
  const principalId = request.header('authorization')
  return principalId === undefined ? unauthorized() : allow({ principalId })
}

/** Wraps a native authorizer in a usage plan. The store and the clock are those of the test unless `options` has others. */
export const planned = (
  options: Partial<KeyPlanOptions> | Partial<SubjectPlanOptions>,
  { authorize = allowToken, wrap = (member) => member, kernel = {} }: PlannedParts = {},
): Planned => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const store = new MemoryUsageStore({ clock })
  const decisions: Decision[] = []
  let calls = 0
  const member = createAuthorizer({
    authorize: (request: GatewayRequest) => {
      calls++
      return authorize(request)
    },
    clock,
    logger,
    onDecision: (decision) => void decisions.push(decision),
    ...kernel,
  })
  const plan = usagePlan(wrap(member as unknown as Authorizer), { store, clock, ...options })
  const evaluate = (request?: SentRequest): Outcome | Promise<Outcome> => plan.evaluate(keyed(request))
  return {
    plan,
    clock,
    logger,
    store,
    decisions,
    calls: () => calls,
    evaluate,
    send: async (request) => textOf(await evaluate(request)),
  }
}
