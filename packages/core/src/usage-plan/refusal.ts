/** Texts about refused requests, worded like the execution logs of API Gateway (FLEET-27). @module */
import type { GatewayRequest } from '../index.ts'
import type { StagePlan } from './catalog.ts'
import { type PlanApi, splitMethodKey } from './configuration.ts'
import type { Bucket, QuotaSettings } from './store.ts'

/** What a text names: IDs, templates and limits, never the value of a key, and no path of a client. */
export interface Refused {
  readonly plan: StagePlan
  /** ID of the API key; `undefined` if the plan counts by another subject, which is not named. */
  readonly keyId: string | undefined
  readonly api: PlanApi | undefined
  readonly request: GatewayRequest
}

const who = ({ keyId }: Refused): string => (keyId === undefined ? 'A subject' : `API Key ${keyId}`)
const stageOf = ({ api }: Refused): string => (api === undefined ? '-' : `${api.apiId}/${api.stage}`)

/** The text for an empty bucket. */
export const throttledText = (refused: Refused, { name, rateLimit, burstLimit }: Bucket): string => {
  const { plan, api, request } = refused
  const resource = splitMethodKey(name)?.path ?? request.route?.template ?? '-'
  return (
    `${who(refused)} exceeded throttle limit for API Stage ${stageOf(refused)}: Key throttle limit exceeded for Usage Plan ID ` +
    `${plan.id}, RestApi ${api?.apiId ?? '-'}, Stage ${api?.stage ?? '-'}, Resource ${resource}, HttpMethod ${request.method}. ` +
    `Limit: ${rateLimit.toFixed(2)} Burst: ${burstLimit}`
  )
}

/** The text for a quota that is used up. */
export const exceededText = (refused: Refused, { limit, period }: QuotaSettings): string =>
  `${who(refused)} exceeded quota limit for API Stage ${stageOf(refused)}: Key quota exhausted for Usage Plan ID ` +
  `${refused.plan.id}. Limit: ${limit} Period: ${period}`
