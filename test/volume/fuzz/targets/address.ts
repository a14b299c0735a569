/** Addresses, CIDR blocks and trusted proxies. White-box: the functions without a request. @module */
import { inBlock, parseAddress, parseBlock } from '@custom-authorizer/core/contract'
import * as fc from 'fast-check'
import { sourceIpOf } from '../../../../packages/core/src/kernel/request/source-ip.ts'
import { agree, fuzzTarget } from '../target.ts'
import { referenceAddress, referenceBlock } from '../reference/address.ts'

const from = (...values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const number = from('0', '1', '10', '127', '203', '255', '256', '010', '00', '0x7f', '999', '', '-1', '1e1', ' 1')
const four = fc.array(number, { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'))
const group = from('0', '1', 'ffff', 'FFFF', '2001', 'db8', '0db8', '00001', 'g', '', '7f00')
const six = fc
  .tuple(
    fc.array(group, { maxLength: 8 }),
    fc.nat({ max: 8 }),
    fc.boolean(),
    fc.option(four, { nil: undefined }),
    from('', '', '', '%eth0', '%', '%25', ':'),
  )
  .map(([groups, at, shortened, tail, end]) => {
    const all = tail === undefined ? groups : [...groups, tail]
    if (!shortened) return all.join(':') + end
    return `${all.slice(0, at).join(':')}::${all.slice(at).join(':')}${end}`
  })
const KNOWN = [
  '10.1.2.3',
  '10.1.2.4',
  '::ffff:10.1.2.3',
  '::FFFF:0a01:0203',
  '::1',
  '0:0:0:0:0:0:0:1',
  '2001:db8::1',
  '203.0.113.9',
  'fe80::1%eth0',
  '10.1',
  '0x0a010203',
  '167838211',
  '010.1.2.3',
  '[::1]',
  '1.2.3.4:80',
  '',
  'unknown',
]
const address = fc.oneof(
  { weight: 3, arbitrary: from(...KNOWN) },
  { weight: 1, arbitrary: four },
  { weight: 2, arbitrary: six },
)
const block = fc
  .tuple(
    address,
    from('', '', '/0', '/8', '/24', '/32', '/33', '/64', '/96', '/128', '/129', '/08', '/', '/-1', '/8/8'),
  )
  .map((parts) => parts.join(''))

/** The parsed address as bits. */
const bitsOf = (text: string): string | undefined =>
  parseAddress(text)
    ?.toByteArray()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')

/** The last address that a trusted hop added. */
const referenceSource = (peer: string, hops: readonly string[], proxies: readonly string[]): string | undefined => {
  const trusted = proxies.map(referenceBlock)
  const walk = [...hops.map((hop) => hop.trim()), peer]
  for (;;) {
    const last = walk.pop() ?? ''
    const bits = referenceAddress(last)
    if (bits === undefined || walk.length === 0 || !trusted.some((contains) => contains?.(last))) return bits
  }
}

const inputs = fc.record({
  address,
  block,
  hops: fc.array(address, { maxLength: 2 }),
  proxies: fc.array(block, { maxLength: 1 }),
})

export const addresses = fuzzTarget(
  'address',
  'SEC-26, SEC-27, SEC-49',
  inputs,
  ({ address: text, block: range, hops, proxies }) => {
    agree('address', bitsOf(text), referenceAddress(text))
    const parsed = parseBlock(range)
    const contains = referenceBlock(range)
    agree('is a block', parsed !== undefined, contains !== undefined)
    const given = parseAddress(text)
    if (parsed !== undefined && given !== undefined) agree('contains', inBlock(given, parsed), contains?.(text))
    const listed = proxies.filter((each) => referenceBlock(each) !== undefined)
    const source = sourceIpOf(text, hops.join(','), listed.map(parseBlock) as never)
    agree(
      'source',
      source === undefined ? undefined : referenceAddress(source),
      referenceSource(text, hops.join(',').split(','), listed),
    )
    if (source !== undefined) agree('one text for one address', parseAddress(source)?.toString(), source)
  },
)
