/** Options of TOKEN and REQUEST authorizers: TTL and identity sources (AWS-KIND). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { allow, ALLOWED, bearer, MISCONFIGURED, requestBench, tokenBench } from '../harness.ts'

const HEADER = 'method.request.header.Authorization'
const contracts = {
  TOKEN: (authorizerResultTtlInSeconds?: number) =>
    aws.token(authorizerResultTtlInSeconds === undefined ? {} : { authorizerResultTtlInSeconds }),
  REQUEST: (authorizerResultTtlInSeconds?: number) =>
    aws.request({
      identitySource: HEADER,
      ...(authorizerResultTtlInSeconds !== undefined && { authorizerResultTtlInSeconds }),
    }),
}

for (const [kind, contract] of Object.entries(contracts)) {
  test(`AWS-KIND-20 a ${kind} authorizer caches results for 300 seconds by default`, () => {
    expect(contract().resultTtlSeconds).toBe(300)
  })

  test.each([0, 1, 300, 3600])(`AWS-KIND-20 a ${kind} authorizer accepts a TTL of %d seconds`, (ttl) => {
    expect(contract(ttl).resultTtlSeconds).toBe(ttl)
  })

  test.each([3601, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '300', null])(
    `AWS-KIND-20 a ${kind} authorizer rejects a TTL of %j`,
    (ttl) => {
      expect(() => contract(ttl as number)).toThrow(/authorizerResultTtlInSeconds: .*0 to 3600/)
    },
  )
}

test('AWS-KIND-02 one authorizer serves several methods and paths', async () => {
  const { send, handler } = tokenBench(async ({ methodArn }) => allow(methodArn))
  for (const line of ['GET /a', 'POST /a', 'DELETE /b/c']) expect(await send(line, bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(3)
})

test('AWS-KIND-10 a failed function is not called again for the same request', async () => {
  const { send, handler } = tokenBench(
    async () => {
      throw new Error('the user database is down')
    },
    { authorizerResultTtlInSeconds: 300 },
  )
  expect(await send('GET /a', bearer())).toBe(MISCONFIGURED)
  expect(handler).toHaveBeenCalledTimes(1)
})

test('AWS-KIND-10 the function is called once per uncached identity', async () => {
  const { send, handler } = tokenBench(async () => allow(), { authorizerResultTtlInSeconds: 300 })
  for (const token of ['a', 'a', 'b', 'a', 'b']) expect(await send('GET /a', bearer(token))).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(2)
})

test.each([
  ['no identity source', {}],
  ['an empty list', { identitySource: [] }],
  ['an empty list and a TTL', { identitySource: [], authorizerResultTtlInSeconds: 1 }],
])('AWS-KIND-24 a REQUEST authorizer with a TTL and %s is rejected', (_, options) => {
  expect(() => aws.request(options)).toThrow(/identitySource: .*at least one source/)
})

test('AWS-KIND-24 a REQUEST authorizer without a TTL needs no identity source', () => {
  expect(aws.request({ authorizerResultTtlInSeconds: 0 }).identitySources).toEqual([])
})

const locations = ['method.request.header', 'method.request.querystring', 'stageVariables']
const names = { right: ['a', 'X-Api_Key.v2$', '0'], wrong: ['', 'a b', 'a:b', 'ä', 'a%20', 'a/b', 'a*', 'a\nb'] }

for (const location of locations) {
  test.each(names.right)(`AWS-KIND-25 ${location}.%s is accepted as an identity source`, (name) => {
    const [source] = aws.request({ identitySource: `${location}.${name}` }).identitySources
    expect(source?.name).toBe(name)
  })

  test.each(names.wrong)(`AWS-KIND-25 ${location} with the name %j is rejected`, (name) => {
    expect(() => aws.request({ identitySource: [`${location}.${name}`] })).toThrow(/identitySource/)
  })
}

test.each(names.wrong)('AWS-KIND-25 a TOKEN authorizer rejects the header name %j', (name) => {
  expect(() => aws.token({ identitySource: `method.request.header.${name}` })).toThrow(/identitySource/)
})

const invalidSources: readonly (readonly [rule: string, identitySource: string])[] = [
  ['AWS-KIND-26', 'method.request.path.id'],
  ['AWS-KIND-27', 'method.request.multivalueheader.Authorization'],
  ['AWS-KIND-27', 'method.request.multivaluequerystring.t'],
  ['AWS-KIND-28', 'method.request.body'],
  ['AWS-KIND-28', 'method.request.body.token'],
  ['AWS-KIND-25', '$request.header.Authorization'],
  ['AWS-KIND-25', 'route.request.header.Authorization'],
  ['AWS-KIND-25', 'Method.Request.Header.Authorization'],
  ['AWS-KIND-25', 'Authorization'],
]

test.each(invalidSources)('%s %s is rejected as an identity source of a REQUEST authorizer', (_, identitySource) => {
  expect(() => aws.request({ identitySource })).toThrow(/identitySource/)
  expect(() => aws.request({ identitySource: [HEADER, identitySource] })).toThrow(/identitySource/)
})

const notTheOneHeader: readonly (readonly [rule: string, identitySource: string])[] = [
  ...invalidSources,
  ['AWS-KIND-25', 'method.request.querystring.t'],
  ['AWS-KIND-25', 'stageVariables.t'],
  ['AWS-KIND-25', 'context.path'],
  ['AWS-KIND-25', `${HEADER},method.request.header.B`],
  ['AWS-KIND-25', ''],
]

test.each(notTheOneHeader)('%s %j is rejected as the header of a TOKEN authorizer', (_, identitySource) => {
  expect(() => aws.token({ identitySource })).toThrow(/identitySource/)
})

test('AWS-KIND-28 the event of a request with a body contains no body', async () => {
  const { send, handler } = requestBench(async () => allow())
  await send('POST /a', { headers: { 'Content-Type': 'application/json', 'Content-Length': '2' } })
  expect(JSON.stringify(handler.mock.lastCall)).not.toMatch(/body/i)
})
