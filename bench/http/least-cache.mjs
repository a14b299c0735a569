/** The least that a cache in front of a handler can do, written by hand: a bounded map by header. */
import { TwoMaps } from './two-maps.mjs'

export const leastCache = ({ token }) => {
  const cache = new TwoMaps(10_000)
  cache.set(`Bearer ${token}`, { principalId: 'someone' })
  return cache
}
