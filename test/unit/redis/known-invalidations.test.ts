/** What one process knows of invalidations: bounded, and never less than what it was told (FLEET-71, FLEET-76). */
import { describe, expect, test } from 'vitest'
import { KnownInvalidations } from '../../../packages/core/src/redis/results/known-invalidations.ts'
import { Mark } from '../../../packages/core/src/redis/results/mark.ts'
import { parsePosition, type Position } from '../../../packages/core/src/redis/results/position.ts'

const at = (ms: number, seq = 0): Position => ({ ms, seq })
const mark = (position: Position, own = 0): Mark => new Mark('epoch', position, own)
const tags =
  (...names: readonly string[]) =>
  () =>
    names

describe('records', () => {
  test('FLEET-71 a record selects results with its tag and an earlier position', () => {
    const known = new KnownInvalidations()
    known.add('ann', at(10, 5))
    expect(known.selects(mark(at(10, 4)), tags('all', 'ann'))).toBe(true)
    expect(known.selects(mark(at(10, 5)), tags('all', 'ann'))).toBe(false)
    expect(known.selects(mark(at(9, 9)), tags('all', 'bob'))).toBe(false)
    expect(known.selects(mark(at(11)), tags('all', 'ann'))).toBe(false)
  })

  test('FLEET-60 tags are not computed while no record is later than the mark', () => {
    const known = new KnownInvalidations()
    known.add('ann', at(10))
    expect(
      known.selects(mark(at(10)), () => {
        throw new Error('not needed')
      }),
    ).toBe(false)
  })

  test('FLEET-76 more than 10,000 tags count as one record that selects everything', () => {
    const known = new KnownInvalidations()
    for (let index = 1; index <= 10_000; index++) known.add(`tag-${index}`, at(index))
    expect(known.selects(mark(at(0)), tags('other'))).toBe(false)
    known.add('tag-10001', at(10_001))
    expect(known.selects(mark(at(10_000)), tags('other'))).toBe(true)
    expect(known.selects(mark(at(10_001)), tags('other'))).toBe(false)
  })

  test('FLEET-76 records that no result is old enough for are removed, and younger ones stay', () => {
    const known = new KnownInvalidations()
    known.add('old', at(10))
    known.add('young', at(20))
    known.trim(15, 0)
    expect(known.selects(mark(at(1)), tags('old'))).toBe(false)
    expect(known.selects(mark(at(1)), tags('young'))).toBe(true)
  })
})

describe('invalidations by this process', () => {
  test('FLEET-74 until the log confirms them, they hide every earlier result, but no later one of this process', () => {
    const known = new KnownInvalidations()
    expect(known.hide('ann', 0)).toBe(1)
    expect(known.selects(mark(at(10), 0), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(999), 0), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(10), 1), tags('ann'))).toBe(false)
    expect(known.selects(mark(at(10), 0), tags('bob'))).toBe(false)
  })

  test('FLEET-74 a confirmed one is a record of the log; results of this process since then are later', () => {
    const known = new KnownInvalidations()
    const number = known.hide('ann', 0)
    known.confirm('ann', number, at(20))
    expect(known.selects(mark(at(19), 0), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(20), 0), tags('ann'))).toBe(false)
    expect(known.selects(mark(at(10), 1), tags('ann'))).toBe(false)
    // The poll that reads the record changes nothing, and a later record of another process does.
    known.add('ann', at(20))
    expect(known.selects(mark(at(10), 1), tags('ann'))).toBe(false)
    known.add('ann', at(30))
    expect(known.selects(mark(at(10), 1), tags('ann'))).toBe(true)
  })

  test('FLEET-74 one that was not confirmed hides results up to the position of a later poll', () => {
    const known = new KnownInvalidations()
    const number = known.hide('ann', 100)
    known.reach(at(40), 200)
    expect(known.selects(mark(at(999), 0), tags('ann'))).toBe(true)
    known.fail('ann', number)
    known.reach(at(50), 100)
    expect(known.selects(mark(at(999), 0), tags('ann'))).toBe(true)
    known.reach(at(50), 200)
    expect(known.selects(mark(at(50), 0), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(51), 0), tags('ann'))).toBe(false)
    known.reach(at(60), 300)
    expect(known.selects(mark(at(51), 0), tags('ann'))).toBe(false)
  })

  test('FLEET-74 an earlier attempt that fails does not end a later one', () => {
    const known = new KnownInvalidations()
    const first = known.hide('ann', 100)
    const second = known.hide('ann', 100)
    known.fail('ann', first)
    known.reach(at(50), 200)
    expect(known.selects(mark(at(999), 1), tags('ann'))).toBe(true)
    known.confirm('ann', first, at(60))
    expect(known.selects(mark(at(999), 1), tags('ann'))).toBe(true)
    known.confirm('ann', second, at(70))
    expect(known.selects(mark(at(70), 0), tags('ann'))).toBe(false)
  })

  test('FLEET-75 when the log begins anew, those that were not confirmed hide everything again', () => {
    const known = new KnownInvalidations()
    known.fail('ann', known.hide('ann', 0))
    known.reach(at(10), 1)
    known.add('bob', at(12))
    known.restart()
    expect(known.selects(mark(at(40)), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(5)), tags('bob'))).toBe(false)
    known.reach(at(50), 2)
    expect(known.selects(mark(at(50)), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(51)), tags('ann'))).toBe(false)
  })

  test('FLEET-71 the record of another process holds, although a later one of this process has the same tag', () => {
    const known = new KnownInvalidations()
    const number = known.hide('ann', 0)
    // A call of this process begins, then another process invalidates, and then the record of this process is confirmed.
    const during = mark(at(5), number)
    known.confirm('ann', number, at(20))
    known.add('ann', at(10))
    expect(known.selects(during, tags('ann'))).toBe(true)
    expect(known.selects(mark(at(12), number), tags('ann'))).toBe(false)
  })

  test('FLEET-71 two invalidations of one tag that are confirmed in reverse order both hold', () => {
    const known = new KnownInvalidations()
    const first = known.hide('ann', 0)
    const between = mark(at(5), first)
    const second = known.hide('ann', 0)
    known.confirm('ann', second, at(20))
    known.confirm('ann', first, at(30))
    expect(known.selects(between, tags('ann'))).toBe(true)
    expect(known.selects(mark(at(5), second), tags('ann'))).toBe(false)
  })

  test('FLEET-75 when the log begins anew, confirmed ones hide everything until it was read', () => {
    const known = new KnownInvalidations()
    known.confirm('ann', known.hide('ann', 0), at(20))
    known.restart()
    expect(known.selects(mark(at(999)), tags('ann'))).toBe(true)
    known.reach(at(30), 1)
    expect(known.selects(mark(at(30)), tags('ann'))).toBe(true)
    expect(known.selects(mark(at(31)), tags('ann'))).toBe(false)
  })

  test('FLEET-76 forgetting concerns what the process has, not what it reads from then on', () => {
    const known = new KnownInvalidations()
    const own = mark(at(10), 0)
    const read = new Mark('epoch', at(10), 0, 0)
    const number = known.forget()
    expect(known.selects(own, tags('ann'))).toBe(true)
    expect(known.selects(read, tags('ann'))).toBe(true)
    expect(known.selects(new Mark('epoch', at(10), 0, number), tags('ann'))).toBe(false)
    expect(known.selects(mark(at(10), number), tags('ann'))).toBe(false)
  })

  test('FLEET-76 too many tags make everything before the newest record invalid, in any order of arrival', () => {
    const known = new KnownInvalidations()
    for (let index = 1; index < 10_000; index++) known.add(`tag-${index}`, at(index))
    known.confirm('ann', known.hide('ann', 0), at(50_000))
    known.add('late', at(20_000))
    expect(known.selects(mark(at(40_000)), tags('ann'))).toBe(true)
  })

  test('FLEET-76 more than 10,000 of them hide everything', () => {
    const known = new KnownInvalidations()
    for (let index = 0; index <= 10_000; index++) known.hide(`tag-${index}`, 0)
    expect(known.selects(mark(at(10), 10_000), tags('other'))).toBe(true)
    expect(known.selects(mark(at(10), 10_001), tags('other'))).toBe(false)
  })

  test('FLEET-76 they are removed after the longest lifetime of a result', () => {
    const known = new KnownInvalidations()
    known.hide('ann', 1000)
    known.hide('bob', 3000)
    known.trim(0, 2500)
    expect(known.selects(mark(at(10), 0), tags('ann'))).toBe(false)
    expect(known.selects(mark(at(10), 0), tags('bob'))).toBe(true)
  })
})

test.each([
  ['1526919030474-55', { ms: 1_526_919_030_474, seq: 55 }],
  ['0-0', { ms: 0, seq: 0 }],
  ['1', undefined],
  ['1-', undefined],
  ['-1-1', undefined],
  ['1-1x', undefined],
  ['9999999999999999-0', undefined],
  [7, undefined],
  [null, undefined],
])('FLEET-70 the ID %s of a record is read as a position', (id, expected) => {
  expect(parsePosition(id)).toEqual(expected)
})
