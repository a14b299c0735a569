/** The least that a cache in front of a handler can do, written by hand: a bounded map by header. */
import { TwoMaps } from './two-maps.mjs'

export const leastCache = ({ token }) => {
  const cache = new TwoMaps(10_000)
  cache.set(`Bearer ${token}`, { principalId: 'someone' })
  return cache
}

/** The same as a Connect middleware. `keep` stores what was found for the handler. */
export const leastMiddleware = (credential, keep) => {
  const cache = leastCache(credential)
  return (request, response, next) => {
    const found = cache.get(request.headers.authorization)
    keep(request, response, found)
    if (found !== undefined) return next()
    response.statusCode = 401
    response.end()
    return undefined
  }
}
