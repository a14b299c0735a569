/** `IpAddress` and `NotIpAddress` (AWS-POL-62 to 65, SEC-49). */
import { describe, expect, test } from 'vitest'
import { satisfied } from './decide.ts'
import { withStatements } from './authorizer.ts'

const IP = 'aws:SourceIp'

test.each<[rule: string, block: string, given: string, inside: boolean]>([
  ['SEC-49', '10.0.0.0/8', '10.255.255.255', true],
  ['SEC-49', '10.0.0.0/8', '11.0.0.0', false],
  ['SEC-49', '10.1.2.3/8', '10.200.1.1', true],
  ['SEC-49', '192.168.1.128/25', '192.168.1.127', false],
  ['SEC-49', '192.168.1.128/25', '192.168.1.128', true],
  ['SEC-49', '203.0.113.8/31', '203.0.113.9', true],
  ['SEC-49', '203.0.113.8/31', '203.0.113.10', false],
  ['SEC-49', '203.0.113.9', '203.0.113.9', true],
  ['SEC-49', '203.0.113.9', '203.0.113.90', false],
  ['SEC-49', '203.0.113.9/32', '203.0.113.9', true],
  ['SEC-49', '0.0.0.0/0', '203.0.113.9', true],
  ['SEC-49', '0.0.0.0/0', '0.0.0.0', true],
  ['SEC-49', '2001:db8::/32', '2001:db8:ffff::1', true],
  ['SEC-49', '2001:db8::/32', '2001:db9::1', false],
  ['SEC-49', '2001:db8::/33', '2001:db8:8000::', false],
  ['SEC-49', '::/0', '2001:db8::1', true],
  ['AWS-POL-62', '0.0.0.0/0', '2001:db8::1', false],
  ['AWS-POL-62', '::/0', '203.0.113.9', false],
  ['AWS-POL-62', '::cb00:7109', '203.0.113.9', false],
  ['AWS-POL-62', '203.0.113.9', '::cb00:7109', false],
  ['AWS-POL-63', '2001:db8::1', '2001:db8::1', true],
  ['AWS-POL-63', '2001:db8::1', '2001:db8::2', false],
  ['AWS-POL-63', '2001:DB8:0:0::1', '2001:db8::1', true],
  ['AWS-POL-64', '203.0.113.0/24', '::ffff:203.0.113.9', true],
  ['AWS-POL-64', '::ffff:203.0.113.9', '203.0.113.9', true],
  ['AWS-POL-64', '::/0', '::ffff:203.0.113.9', false],
  ['SEC-49', '10.0.0.0/8', '10.1.2.3:80', false],
  ['SEC-49', '10.0.0.0/8', '010.1.2.3', false],
  ['SEC-49', '10.0.0.0/8', '0x0a.1.2.3', false],
  ['SEC-49', '10.0.0.0/8', '10.1', false],
  ['SEC-49', '10.0.0.0/8', '167838211', false],
  ['SEC-49', '10.0.0.0/8', '10.1.2.3 ', false],
])('%s IpAddress %s matches %s: %s', (_rule, block, given, inside) => {
  expect(satisfied({ IpAddress: { [IP]: block } }, { [IP]: given })).toBe(inside)
  expect(satisfied({ NotIpAddress: { [IP]: block } }, { [IP]: given })).toBe(!inside)
})

test.each([
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/8.0',
  '10.0.0.0/8/8',
  '10.0.0.0/ 8',
  '10.1',
  '10',
  '010.0.0.1',
  '0x0a.0.0.1',
  '256.0.0.1',
  '1.2.3.4.5',
  '10.0.0.*',
  '2001:db8::/129',
  '2001:db8:::1',
  '2001:db8::1::2',
  '2001:db8::12345',
  'fe80::1%eth0',
  '[::1]',
  '::ffff:10.0.0.0/104',
  'localhost',
  '*',
  '',
  '${aws:SourceIp}',
])('SEC-49 AWS-POL-65 the malformed IP range %j is rejected', (block) => {
  expect(satisfied({ IpAddress: { [IP]: block } }, { [IP]: '10.0.0.1' })).toBe('rejected')
  expect(satisfied({ NotIpAddress: { [IP]: ['10.0.0.0/8', block] } }, { [IP]: '10.0.0.1' })).toBe('rejected')
})

describe('source IP of the request', () => {
  test.each<[peer: string, block: string, expected: string]>([
    ['::ffff:10.1.2.3', '10.0.0.0/8', 'ALLOWED'],
    ['2001:db8::1', '0.0.0.0/0', 'IMPLICIT_DENY'],
    ['2001:db8::1', '::/0', 'ALLOWED'],
    ['fe80::1%eth0', 'fe80::/10', 'ALLOWED'],
  ])('SEC-49 SEC-27 the peer %s under an Allow for %s is %s', async (peer, block, expected) => {
    const authorizer = withStatements([{ Condition: { IpAddress: { [IP]: block } } }])
    expect(await authorizer.send('GET /pets', { peer })).toBe(expected)
  })
})
