/** A limiter in front of the authorizer, by source address (SEC-90). @module */
import { LRUCache } from 'lru-cache'
import type { Clock, GatewayRequest } from '../index.ts'
import { ownText, parseAddress } from '../contract.ts'
import { Counter } from './counting/counter.ts'
import type { Demand, ThrottleSettings } from './store.ts'

const MAX_SOURCES = 100_000

/** Requests whose address cannot be determined share one bucket. */
const UNKNOWN = 'unknown'

// An IPv6 client usually has a whole /64, so the addresses of each /64 share a bucket.
const sourceOf = ({ sourceIp }: GatewayRequest): string => {
  const address = sourceIp === undefined ? undefined : parseAddress(sourceIp)
  if (sourceIp === undefined || address === undefined) return UNKNOWN
  return address.kind() === 'ipv4' ? sourceIp : address.toByteArray().slice(0, 8).join('.')
}

/** One bucket for each IPv4 address and each /64 of IPv6. Per process, and in memory. */
export class SourceLimit {
  readonly #counters = new LRUCache<string, Counter>({ max: MAX_SOURCES })
  /** Requests that have taken a token. A refused one is refused again. */
  readonly #passed = new WeakSet<object>()
  readonly #demand: Demand
  readonly #clock: Clock

  constructor(settings: ThrottleSettings, clock: Clock) {
    this.#demand = { quota: undefined, buckets: [{ name: '', ...settings }] }
    this.#clock = clock
  }

  /** Takes a token. Returns what the request has to wait for in milliseconds; `undefined` if it may pass. */
  refusal(request: GatewayRequest): { readonly waitMs: number | undefined } | undefined {
    // A plan may be mounted twice.
    const identity = request.framework ?? request
    if (this.#passed.has(identity)) return undefined
    const source = sourceOf(request)
    let counter = this.#counters.get(source)
    if (counter === undefined) {
      counter = new Counter()
      this.#counters.set(ownText(source), counter)
    }
    const taken = counter.take(this.#demand, { wall: this.#clock.now(), monotonic: this.#clock.monotonic() })
    if (taken.verdict === 'throttle') return taken
    this.#passed.add(identity)
    return undefined
  }
}
