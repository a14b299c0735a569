/** Evaluates requests of very many callers, one of which comes again and again: `node memory-worker.mjs`. */
import { createAuthorizer } from '@custom-authorizer/core'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { handleCommands } from './commands.mjs'
import { tokenContract, typicalPolicy } from './guarded.mjs'
import { incomingWith, seenPath } from './loop/requests.mjs'

const HOT = 'hot'
/** Requests of other callers between two of the hot one. */
const BETWEEN = 100

handleCommands({
  /** Returns the resident memory before the first caller and at its peak, and the number of calls for the hot caller. */
  measure: async ({ callers, maxEntries }) => {
    let hotCalls = 0
    const authorize = async ({ authorizationToken }) => {
      const token = authorizationToken.slice('Bearer '.length)
      if (token === HOT) hotCalls++
      return { principalId: token, policyDocument: typicalPolicy, context: { role: 'reader', tenant: token } }
    }
    const authorizer = createAuthorizer({ authorize, contract: tokenContract(), logger: null, maxEntries })
    const evaluate = async (token) => {
      const outcome = await authorizer.evaluate(toGatewayRequest(incomingWith(token)(seenPath())))
      if (!outcome.allowed) throw new Error(`The request was denied: ${outcome.reason}`)
    }
    const start = process.memoryUsage.rss()
    for (let caller = 0; caller < callers; caller++) {
      await evaluate(`caller-${caller}-${'x'.repeat(700)}`)
      if (caller % BETWEEN === 0) await evaluate(HOT)
    }
    return { start, peak: process.resourceUsage().maxRSS * 1024, hotCalls }
  },
})
