/** `RecentHashes`: a bounded set of hashes. */
import { expect, test } from 'vitest'
import { RecentHashes } from '../../../../packages/core/src/aws/verdicts/recent-hashes.ts'

/** Hashes that share four places. */
const alike = [1, 2, 3, 4, 5].map((each) => 8 + each * 8192)

test('a hash is in the set after it was added', () => {
  const hashes = new RecentHashes()
  expect(hashes.has(7)).toBe(false)
  hashes.add(7)
  expect([hashes.has(7), hashes.has(8), hashes.has(-7)]).toEqual([true, false, false])
  hashes.add(-7)
  expect([hashes.has(7), hashes.has(-7)]).toEqual([true, true])
})

test('four hashes that share their places are in the set, and the oldest is forgotten for the next', () => {
  const hashes = new RecentHashes()
  for (const each of alike.slice(0, 4)) hashes.add(each)
  expect(alike.map((each) => hashes.has(each))).toEqual([true, true, true, true, false])
  hashes.add(alike[4] as number)
  expect(alike.map((each) => hashes.has(each))).toEqual([false, true, true, true, true])
})

test('hashes of other places stay', () => {
  const hashes = new RecentHashes()
  hashes.add(4)
  hashes.add(12)
  for (const each of alike) hashes.add(each)
  expect([hashes.has(4), hashes.has(12)]).toEqual([true, true])
})
