/** The limiter in front of the authorizer, by source address (SEC-90). */
import { deny } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { denied } from '../../support/outcome.ts'
import { KEY, planned, retryAfterOf, TWO_A_DAY } from '../../support/planned.ts'
import { gatewayRequest } from '../../support/request.ts'

const ONE = { rateLimit: 0.1, burstLimit: 1 }
const MANY = { ...TWO_A_DAY, plans: [{ id: 'gold' }] }

type Row = readonly [first: string | undefined, second: string | undefined, shared: boolean]
const ADDRESSES: readonly Row[] = [
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['2001:db8::1', '2001:db8::2', true],
  ['2001:db8::1', '2001:db8:0:0:ffff:ffff:ffff:ffff', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['2001:DB8::1', '2001:db8:0:0:1::', true],
  ['fe80::1%eth0', 'fe80::1%eth1', true],
  ['::1', '127.0.0.1', false],
  [undefined, undefined, true],
  [undefined, 'not an address', true],
  [undefined, '192.0.2.1', false],
]

test.each(ADDRESSES)('SEC-90 sourceLimit counts %s and %s in one bucket: %s', async (first, second, shared) => {
  const { send } = planned({ ...MANY, sourceLimit: ONE })
  expect(await send({ key: KEY, peer: first })).toBe('200')
  expect(await send({ key: KEY, peer: second })).toBe(shared ? '429 THROTTLED' : '200')
  expect(await send({ key: KEY, peer: first })).toBe('429 THROTTLED')
})

test('SEC-90 a request over sourceLimit gets 429 with Retry-After before the authorizer is called', async () => {
  const { evaluate, calls, store, clock, send } = planned({ ...MANY, sourceLimit: ONE })
  await evaluate({ key: KEY })
  const refused = denied(await evaluate({ key: KEY }))
  expect([refused.response.status, refused.reason, retryAfterOf(refused)]).toEqual([429, 'THROTTLED', '10'])
  expect([calls(), store.size]).toEqual([1, 1])
  clock.advanceSync(10_000)
  expect(await send({ key: KEY })).toBe('200')
})

test('SEC-90 sourceLimit also counts requests without a credential and those that the authorizer denies', async () => {
  const { send, calls } = planned({ ...MANY, sourceLimit: { ...ONE, burstLimit: 2 } }, { authorize: () => deny() })
  expect([await send({ token: null }), await send({ key: KEY }), await send({ key: KEY })]).toEqual([
    '403 DENIED',
    '403 DENIED',
    '429 THROTTLED',
  ])
  expect(calls()).toBe(2)
})

test('SEC-90 sourceLimit also applies to routes that require no key', async () => {
  const { send } = planned({ ...MANY, apiKeyRequired: false, sourceLimit: ONE })
  expect([await send(), await send()]).toEqual(['200', '429 THROTTLED'])
})

test('SEC-90 sourceLimit reads the address that trusted proxies report', async () => {
  const { plan } = planned({ ...MANY, sourceLimit: ONE })
  const from = async (client: string): Promise<boolean> => {
    const headers = { Authorization: 'ann', 'x-api-key': KEY, 'X-Forwarded-For': client }
    const request = gatewayRequest('GET /pets', { headers, peer: '10.0.0.1', trustedProxies: ['10.0.0.0/8'] })
    return (await plan.evaluate(request)).allowed
  }
  expect([await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.1')]).toEqual([true, true, false])
})

test('SEC-90 sourceLimit with rateLimit 0 has no Retry-After, and a burst of 0 lets nothing through', async () => {
  const { evaluate, calls } = planned({ ...MANY, sourceLimit: { rateLimit: 0, burstLimit: 0 } })
  const refused = denied(await evaluate({ key: KEY }))
  expect([refused.response.status, retryAfterOf(refused), calls()]).toEqual([429, undefined, 0])
})
