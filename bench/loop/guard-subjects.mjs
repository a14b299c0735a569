/** The steps of a guarded request, in a loop. */
import { createAuthorizer } from '@custom-authorizer/core'
import { customAuthorizer, getAuthorizer, toGatewayRequest } from '@custom-authorizer/core/node'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { ARN, authorizerWith, nativeContract, OURS, statement, tokenContract, typicalPolicy } from '../guarded.mjs'
import { evaluating, evaluatingWith, incomingWith, newPath, seenPath } from './requests.mjs'
import { withPolicy } from './policies.mjs'

let used = 0

/** The least work of a cache: a look-up by the header. */
const mapLookUp = () => {
  const incoming = incomingWith()
  const header = () => incoming('/').rawHeaders[7]
  const map = new Map([[header(), { length: 1 }]])
  return { prepare: header, run: (each) => (used += map.get(each).length) }
}

const request = () => {
  const incoming = incomingWith()
  return { prepare: () => incoming(seenPath()), run: (each) => (used += toGatewayRequest(each).path.length) }
}

const guarding =
  (path, variant = 'guarded') =>
  async () => {
    const guard = customAuthorizer(...OURS[variant]())
    const incoming = incomingWith()
    // The first request fills the cache.
    await new Promise((resolve) => guard(incoming(seenPath()), {}, resolve))
    return {
      prepare: () => incoming(path()),
      run: (each) =>
        guard(each, {}, () => {
          used += getAuthorizer(each).context.role.length
        }),
    }
  }

/** A store that several processes could share, without its network: JSON text by key. */
class TextStore {
  #texts = new Map()

  get(scope, key) {
    const text = this.#texts.get(`${scope}:${key}`)
    return text === undefined ? undefined : { stored: JSON.parse(text), ageMs: 1 }
  }

  set(scope, key, stored) {
    this.#texts.set(`${scope}:${key}`, JSON.stringify(stored))
  }

  delete() {
    this.#texts.clear()
  }
}

const typical = (options) => ({ authorize: authorizerWith(typicalPolicy), contract: tokenContract(), ...options })
/** A policy for each call, as of functions that name the caller in a resource. */
let callers = 0
const authorizePersonally = async () => {
  const Statement = [statement('Allow', `${ARN}/*/users/${callers++}/*`), ...typicalPolicy.Statement]
  return { principalId: 'auth0|5f7c8ec7c33c6c004bbafe82', policyDocument: { ...typicalPolicy, Statement } }
}
const uncached = () => tokenContract({ authorizerResultTtlInSeconds: 0 })

const shared = (options) => () => evaluating({ name: 'pets', store: new TextStore(), ...options })

/** A key of a plan that no benchmark reaches the limits of. */
const API_KEY = 'benchmark-key-0123456789'
const LARGE = 1_000_000_000
const PLAN = {
  plans: [
    {
      id: 'gold',
      throttle: { rateLimit: LARGE, burstLimit: LARGE },
      quota: { limit: 1000 * LARGE, period: 'MONTH' },
    },
  ],
  keys: [{ id: 'acme', value: API_KEY, usagePlanIds: ['gold'] }],
}

/** The authorizer of the rows about plans: its result has an API key. */
const withKey = () => {
  const authorize = authorizerWith(typicalPolicy)
  const options = typical({ authorize: async () => ({ ...(await authorize()), usageIdentifierKey: API_KEY }) })
  return createAuthorizer({ logger: null, ...options })
}

const planned = (apiKeySource, sentKey) => () =>
  evaluatingWith(usagePlan(withKey(), { ...PLAN, apiKeySource }), seenPath, undefined, sentKey)

let decisions = 0
const onDecision = (decision) => (decisions += decision.allowed ? 1 : 0)

export const GUARD_SUBJECTS = {
  'map look-up': mapLookUp,
  request,
  guard: guarding(seenPath),
  'guard, new path': guarding(newPath),
  'guard, mapped': guarding(seenPath, 'mapped'),
  ...Object.fromEntries(
    [1, 5, 100, 1000].flatMap((count) => [
      [`evaluate ${count}`, () => evaluating(withPolicy(count, 'prefix'))],
      [`evaluate ${count}, new path`, () => evaluating(withPolicy(count, 'prefix'), newPath)],
      [`evaluate ${count} leading *, new path`, () => evaluating(withPolicy(count, 'leading *'), newPath)],
    ]),
  ),
  native: () => evaluating({ authorize: OURS.native()[0], contract: nativeContract() }),
  onDecision: () => evaluating(typical({ onDecision })),
  'no plan': () => evaluatingWith(withKey(), seenPath),
  plan: planned('AUTHORIZER'),
  'plan, header': planned('HEADER', API_KEY),
  'shared store': shared(typical()),
  'shared store, 100 statements': shared(withPolicy(100)),
  miss: () => evaluating(typical({ contract: uncached() })),
  'miss, new policy': () => evaluating({ authorize: authorizePersonally, contract: uncached() }),
}
