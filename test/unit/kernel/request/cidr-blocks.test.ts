/** CIDR blocks at their limits, and as values of `trustedProxies` (SEC-26, SEC-49). */
import { inBlock, parseAddress, parseBlock } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'
import { blocks } from '../../../../packages/core/src/kernel/request/source-ip.ts'
import { parseBlocks } from '../../../../packages/core/src/kernel/request/source-ip.ts'

const isInside = (address: string, block: string): boolean => {
  const [parsed, cidr] = [parseAddress(address), parseBlock(block)]
  if (parsed === undefined || cidr === undefined) throw new Error('neither address nor block')
  return inBlock(parsed, cidr)
}

test.each([
  ['10.0.0.1/32', '10.0.0.1', '10.0.0.0'],
  ['2001:db8::1/128', '2001:db8::1', '2001:db8::'],
  ['::ffff:10.0.0.1', '10.0.0.1', '10.0.0.2'],
])('SEC-49 the block %s contains one address', (block, inside, outside) => {
  expect([isInside(inside, block), isInside(outside, block)]).toEqual([true, false])
})

test.each(['::ffff:10.0.0.0/24', '::ffff:10.0.0.0/32', '::ffff:10.0.0.0/96', '2001:db8::/129', '10.0.0.0/33'])(
  'SEC-49 the block %s is rejected for its prefix length',
  (text) => {
    expect(parseBlock(text)).toBeUndefined()
  },
)

test.each<[unknown, string | undefined]>([
  [[], undefined],
  [['10.0.0.0/8', '::1'], undefined],
  ['10.0.0.0/8', 'an array of addresses or CIDR blocks such as "10.0.0.0/8"'],
  [{ 0: '10.0.0.0/8', length: 1 }, 'an array of addresses or CIDR blocks such as "10.0.0.0/8"'],
  [['10.0.0.0/8', 'any'], 'addresses or CIDR blocks such as "10.0.0.0/8" (element 1 is not)'],
  [['10.0.0.0/8', 10], 'addresses or CIDR blocks such as "10.0.0.0/8" (element 1 is not)'],
  [[['10.0.0.0/8']], 'addresses or CIDR blocks such as "10.0.0.0/8" (element 0 is not)'],
])('SEC-26 trusted proxies %j have the option problem: %j', (value, problem) => {
  expect(blocks(value)).toBe(problem)
})

test('SEC-26 trusted proxies are parsed in order', () => {
  expect(parseBlocks(['10.0.0.0/8', '::1'])).toEqual([parseBlock('10.0.0.0/8'), parseBlock('::1')])
})
