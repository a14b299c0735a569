/** Texts about refused requests, worded like the execution logs of API Gateway (FLEET-27). @module */
import type { Clock, GatewayRequest } from '../index.ts'
import type { StagePlan } from './catalog.ts'
import type { PlanApi } from './configuration.ts'
import { splitMethodKey } from './configuration.ts'
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

const MAX_LINES = 1000
const MINUTE_MS = 60_000

/** Passes each line on at most once a minute, so that a caller beyond its limit cannot flood the log. */
export class MinuteLog {
  readonly #lines = new Map<string, number>()
  readonly #clock: Clock
  readonly #write: (line: string) => void

  constructor(clock: Clock, write: (line: string) => void) {
    this.#clock = clock
    this.#write = write
  }

  write(line: string): void {
    const now = this.#clock.monotonic()
    const last = this.#lines.get(line)
    if (last !== undefined && now - last < MINUTE_MS) return
    this.#lines.delete(line)
    if (this.#lines.size >= MAX_LINES) {
      const [oldest, at] = this.#lines.entries().next().value as [string, number]
      if (now - at < MINUTE_MS) return
      this.#lines.delete(oldest)
    }
    this.#lines.set(line, now)
    this.#write(line)
  }
}
