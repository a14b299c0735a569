/** Source IP: canonical addresses, CIDR blocks and trusted proxies (SEC-26, SEC-27, SEC-49). */
import { inBlock, parseAddress, parseBlock } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

const addresses: readonly [string, string | undefined][] = [
  ['127.0.0.1', '127.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['::1', '::1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:0a00:0001', '10.0.0.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', undefined],
  ['localhost', undefined],
  ['10.1', undefined],
  ['10', undefined],
  ['0x0a.0.0.1', undefined],
  ['010.0.0.1', undefined],
  ['10.0.0.01', undefined],
  ['10.0.0.256', undefined],
  ['10.0.0.1.1', undefined],
  ['10.0.0.1:80', undefined],
  [' 10.0.0.1', undefined],
  ['10.0.0.1/8', undefined],
  ['[::1]', undefined],
  ['[::1]:80', undefined],
  ['::ffff:010.0.0.1', undefined],
  ['::ffff:10.1', undefined],
  ['1::2::3', undefined],
  ['12345::', undefined],
  ['2001:db8::g', undefined],
]
test.each(addresses.filter(([, canonical]) => canonical !== undefined))(
  'SEC-27 the canonical form of the address %j is %j',
  (text, canonical) => {
    expect(parseAddress(text)?.toString()).toBe(canonical)
    expect(gatewayRequest('GET /', { peer: text }).sourceIp).toBe(canonical)
  },
)

test.each(addresses.filter(([, canonical]) => canonical === undefined))('SEC-27 %j is not an address', (text) => {
  expect(parseAddress(text)).toBeUndefined()
  expect(gatewayRequest('GET /', { peer: text }).sourceIp).toBeUndefined()
})

const blocks: readonly [block: string, inside: readonly string[], outside: readonly string[]][] = [
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['9.255.255.255', '11.0.0.0', '::a00:1']],
  ['10.1.2.3/8', ['10.0.0.0'], ['11.0.0.0']],
  ['10.0.0.1', ['10.0.0.1'], ['10.0.0.2']],
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::', '2001:db8::1']],
  ['2001:db8::/32', ['2001:db8::1'], ['2001:db9::1', '10.0.0.1']],
  ['::/0', ['2001:db8::1'], ['10.0.0.1', '::ffff:10.0.0.1']],
  ['::1', ['::1'], ['::2']],
]
test.each(blocks)('SEC-49 the block %s contains its addresses and no others', (text, inside, outside) => {
  const block = parseBlock(text)
  if (block === undefined) throw new Error('no block')
  const isInside = (address: string): boolean => {
    const parsed = parseAddress(address)
    if (parsed === undefined) throw new Error('no address')
    return inBlock(parsed, block)
  }
  expect(inside.filter((each) => !isInside(each))).toEqual([])
  expect(outside.filter(isInside)).toEqual([])
})

test.each([
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/8.0',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.1/8',
  '10.0.0.0/255.0.0.0',
  '2001:db8::/129',
  '::ffff:10.0.0.0/104',
  'fe80::1%eth0/64',
  '/8',
  '*',
  'any',
  '',
])('SEC-49 the block %j is rejected', (text) => {
  expect(parseBlock(text)).toBeUndefined()
})

const PROXIES = ['10.0.0.0/8', '192.168.0.1']
const rows: readonly [
  string,
  string | undefined,
  string | readonly string[] | undefined,
  readonly string[],
  string | undefined,
][] = [
  ['the source IP is the peer if no proxy is trusted', '203.0.113.9', '10.0.0.1', [], '203.0.113.9'],
  ['the source IP is the peer if it is not a trusted proxy', '203.0.113.9', '10.0.0.1', PROXIES, '203.0.113.9'],
  [
    'the source IP is the forwarded address if the peer is a trusted proxy',
    '10.0.0.1',
    '203.0.113.9',
    PROXIES,
    '203.0.113.9',
  ],
  ['the source IP is the peer if a trusted proxy forwards no address', '10.0.0.1', undefined, PROXIES, '10.0.0.1'],
  [
    'addresses that the client added to X-Forwarded-For are ignored',
    '10.0.0.1',
    '127.0.0.1, 198.51.100.7, 203.0.113.9',
    PROXIES,
    '203.0.113.9',
  ],
  [
    'several trusted proxies are skipped',
    '10.0.0.1',
    '198.51.100.7, 203.0.113.9, 10.2.2.2,192.168.0.1',
    PROXIES,
    '203.0.113.9',
  ],
  [
    'the source IP is the first hop if all hops are trusted proxies',
    '10.0.0.1',
    '10.0.0.3, 10.0.0.2',
    PROXIES,
    '10.0.0.3',
  ],
  [
    'two X-Forwarded-For headers are read as one list',
    '10.0.0.1',
    ['198.51.100.7', '203.0.113.9'],
    PROXIES,
    '203.0.113.9',
  ],
  ['IPv4-mapped addresses are read as IPv4', '::ffff:10.0.0.1', '::ffff:203.0.113.9', PROXIES, '203.0.113.9'],
  [
    'SEC-27 the source IP is undefined if the last hop is octal',
    '10.0.0.1',
    '203.0.113.9, 010.0.0.1',
    PROXIES,
    undefined,
  ],
  ['SEC-27 the source IP is undefined if the last hop has a port', '10.0.0.1', '203.0.113.9:4711', PROXIES, undefined],
  [
    'SEC-27 the source IP is undefined if the last hop is not an address',
    '10.0.0.1',
    '203.0.113.9, unknown',
    PROXIES,
    undefined,
  ],
  ['SEC-27 the source IP is undefined if the last hop is empty', '10.0.0.1', '203.0.113.9,', PROXIES, undefined],
  ['SEC-27 the source IP is undefined if the peer is unknown', undefined, '203.0.113.9', PROXIES, undefined],
]
test.each(rows)('SEC-26 %s', (_, peer, forwarded, trustedProxies, sourceIp) => {
  const values = forwarded === undefined ? [] : typeof forwarded === 'string' ? [forwarded] : forwarded
  const headers = [
    ...values.map((value) => ['X-Forwarded-For', value] as const),
    ['Forwarded', 'for=198.51.100.1'] as const,
    ['X-Real-IP', '198.51.100.2'] as const,
  ]
  expect(gatewayRequest('GET /', { peer, headers, trustedProxies }).sourceIp).toBe(sourceIp)
})

test('SEC-26 path, authority and method are never read from headers, even of a trusted proxy', () => {
  const headers = {
    'X-Forwarded-Uri': '/pets',
    'X-Forwarded-Prefix': '/x',
    'X-Original-URL': '/pets',
    'X-Rewrite-URL': '/pets',
    'X-Forwarded-Host': 'evil',
    'X-Forwarded-Method': 'GET',
  }
  const request = gatewayRequest('POST /admin', { peer: '10.0.0.1', trustedProxies: PROXIES, headers })
  expect([request.method, request.path, request.authority]).toEqual(['POST', '/admin', 'api.example.com'])
})
