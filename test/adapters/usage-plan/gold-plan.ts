/** The plans, keys and callers of the vectors U01 to U08 and K01 to K22. @module */
import { type Authorizer, createAuthorizer, type Decision } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import {
  MemoryUsageStore,
  type KeyPlanOptions,
  type PlanConfiguration,
  type PlannedAuthorizer,
  type UsagePlan,
  usagePlan,
} from '@custom-authorizer/core/usage-plan'
import { RecordingLogger } from '../../support/recording-logger.ts'

export const API = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' } as const
/** The stage that the plans are applied in. */
export const STAGE = { apiId: API.apiId, stage: API.stage } as const

/** Values of keys: enabled, disabled, in a plan of another stage, and unknown. */
export const G = 'GoldKey-Value-0123456789'
export const D = 'DisabledKey-Value-012345'
export const F = 'FreeKey-Value-0123456789'
export const X = 'UnknownKey-Value-0123456'
export const G_ID = 'key-id-of-gold'

const GOLD: UsagePlan = {
  id: 'gold',
  throttle: { rateLimit: 100, burstLimit: 100 },
  quota: { limit: 2, period: 'DAY' },
  apiStages: [STAGE],
}
const FREE: UsagePlan = { id: 'free', apiStages: [{ apiId: API.apiId, stage: 'dev' }] }

/** The configuration of the vectors, with another version of the plan `gold`. */
export const configurationWith = (gold: Partial<UsagePlan> = {}): PlanConfiguration => ({
  plans: [{ ...GOLD, ...gold }, FREE],
  keys: [
    { id: G_ID, value: G, usagePlanIds: ['gold'] },
    { id: 'key-id-disabled', value: D, enabled: false, usagePlanIds: ['gold'] },
    { id: 'key-id-free', value: F, usagePlanIds: ['free'] },
  ],
})

const statement = (Effect: 'Allow' | 'Deny'): object => ({
  principalId: 'u',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: '*' }] },
})

const CALLERS: Readonly<Record<string, () => object>> = {
  ok: () => statement('Allow'),
  okG: () => ({ ...statement('Allow'), usageIdentifierKey: G }),
  okX: () => ({ ...statement('Allow'), usageIdentifierKey: X }),
  inContext: () => ({ ...statement('Allow'), context: { usageIdentifierKey: G } }),
  no: () => statement('Deny'),
  noG: () => ({ ...statement('Deny'), usageIdentifierKey: G }),
  bad: () => {
    throw new Error('Unauthorized')
  },
}

/** The response of the authorizer function for a token of the vectors. */
const answerOf = (token: string): object => {
  const caller = CALLERS[token]
  if (caller === undefined) throw new Error(`no caller ${token}`)
  return caller()
}

export interface Limited {
  readonly plan: PlannedAuthorizer
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly store: MemoryUsageStore
  /** The events that the function has received. */
  readonly events: readonly aws.RequestEvent[]
  readonly decisions: readonly Decision[]
}

export interface LimitedOptions extends Partial<KeyPlanOptions> {
  /** Another version of the plan `gold`. */
  readonly gold?: Partial<UsagePlan>
  /** Default 0. */
  readonly ttl?: number
}

/** A REQUEST authorizer for the tokens of the vectors, with the plans of the vectors. */
export const limited = ({ gold, ttl = 0, ...options }: LimitedOptions = {}): Limited => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const store = new MemoryUsageStore({ clock })
  const events: aws.RequestEvent[] = []
  const decisions: Decision[] = []
  const authorizer = createAuthorizer({
    authorize: async (event: aws.RequestEvent) => {
      events.push(event)
      return answerOf(event.headers?.['Authorization'] ?? '') as never
    },
    contract: aws.request({
      api: API,
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: ttl,
    }),
    clock,
    logger,
    onDecision: (decision) => void decisions.push(decision),
  })
  const plan = usagePlan(authorizer as unknown as Authorizer, {
    ...configurationWith(gold),
    api: STAGE,
    store,
    clock,
    ...options,
  })
  return { plan, clock, logger, store, events, decisions }
}
