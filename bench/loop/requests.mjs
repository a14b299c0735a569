/** Requests as Node passes them to a guard, with text that has just been received: the strings have no cached hash. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { createAuthorizer } from '@custom-authorizer/core'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { issueCredentials } from '../token.mjs'

const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' })

/** Returns a function that makes a new string with the same text. */
const fresh = (text) => {
  const bytes = Buffer.from(text, 'latin1')
  return () => bytes.latin1Slice()
}

const credentials = issueCredentials()
export const credentialOf = (alg) => credentials[alg]

/** Returns a function that makes a request of Node for a path, with the same token and API key each time. */
export const incomingWith = (token = credentials.RS256.token, apiKey) => {
  const authorization = fresh(`Bearer ${token}`)
  const key = apiKey === undefined ? undefined : fresh(apiKey)
  return (url) => {
    const incoming = new IncomingMessage(socket)
    incoming.method = 'GET'
    incoming.url = url
    incoming.httpVersion = '1.1'
    incoming.httpVersionMajor = 1
    incoming.httpVersionMinor = 1
    const host = ['Host', '127.0.0.1:3000', 'User-Agent', 'bench', 'Accept', '*/*', 'Authorization', authorization()]
    incoming.rawHeaders = key === undefined ? host : [...host, 'X-Api-Key', key()]
    // As the parser does, so that `headers` has them.
    // oxlint-disable-next-line no-underscore-dangle -- Node's name
    incoming._addHeaderLines(incoming.rawHeaders, incoming.rawHeaders.length)
    return incoming
  }
}

/** Makes the path of a recurring request. */
export const seenPath = fresh('/pets/10000')

let made = 0
/** Makes a path that no earlier request had. */
export const newPath = () => Buffer.from(`/pets/${10_000 + made++}`, 'latin1').latin1Slice()

/** Uses every outcome, so that the engine cannot remove the work. */
let used = 0
const useAllowed = (outcome) => {
  if (!outcome.allowed) throw new Error(`The request was denied: ${outcome.reason}`)
  used += outcome.authorizer.principalId.length
  return used
}

/** Decisions of an authorizer on requests for these paths; the first one fills the cache. */
export const evaluatingWith = async (authorizer, path, token, apiKey) => {
  const incoming = incomingWith(token, apiKey)
  useAllowed(await authorizer.evaluate(toGatewayRequest(incoming(seenPath()))))
  return {
    prepare: () => toGatewayRequest(incoming(path())),
    run: (request) => {
      const outcome = authorizer.evaluate(request)
      return outcome instanceof Promise ? outcome.then(useAllowed) : useAllowed(outcome)
    },
  }
}

export const evaluating = (options, path = seenPath) =>
  evaluatingWith(createAuthorizer({ logger: null, ...options }), path)
