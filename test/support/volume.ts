/**
 * How much the tests of large quantities do. The environment variable `TEST_VOLUME` decides:
 *
 * - not set: a tenth of each quantity, for `npm test`.
 * - `full`: the whole quantity, for `npm run test:volume` and the nightly workflow.
 * - `mutation`: the smallest quantity that still exercises the code, for `npm run mutate`, which runs a test once per mutant.
 * @module
 */

const SHARES = { tenth: 0.1, full: 1, mutation: 0.005 } as const
/** Below this, a random test hardly meets the cases that it is about. */
const MUTATION_LEAST = 50

const volumeOf = (name: string): keyof typeof SHARES => {
  if (Object.hasOwn(SHARES, name)) return name as keyof typeof SHARES
  throw new Error(`TEST_VOLUME is ${name}; it can be ${Object.keys(SHARES).join(', ')}`)
}
const volume = volumeOf(process.env['TEST_VOLUME'] || 'tenth')

/** The part of `count` that this run does; at least `least`, and never more than `count`. */
export const scaled = (count: number, least: number = 1): number => {
  const floor = volume === 'mutation' ? Math.max(least, MUTATION_LEAST) : least
  return Math.min(count, Math.max(floor, Math.ceil(count * SHARES[volume])))
}
