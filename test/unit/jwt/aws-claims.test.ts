import { describe, expect, test } from 'vitest'
import { awsService, NOW } from './aws-service.ts'

const service = awsService()

describe('AWS-JWT-30 AWS-JWT-31 AWS-JWT-32 AWS-GOT-29 claims are text', () => {
  test.each([
    ['text', 'text'],
    ['', ''],
    [1_675_021_635, '1675021635'],
    [0, '0'],
    [-5, '-5'],
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [1.25e22, '12500000000000000000000'],
    [1e-7, '0.0000001'],
    [-2.5e-8, '-0.000000025'],
    [true, 'true'],
    [false, 'false'],
    [['a', 'b'], '[a b]'],
    [['a'], '[a]'],
    [[], '[]'],
    [[1, true, 'x y'], '[1 true x y]'],
    [[['a'], ['b', 'c']], '[[a] [b c]]'],
    [{ city: 'x', zip: [1] }, '{"city":"x","zip":[1]}'],
  ])('%j becomes %j', async (value, expected) => {
    expect((await service.said({ value })).context).toMatchObject({ value: expected })
  })

  test('null is left out', async () => {
    expect((await service.said({ none: null })).context).not.toHaveProperty('none')
  })

  test('all of them, and sub is the principal', async () => {
    const said = await service.said({ 'cognito:groups': ['admin', 'user'] })
    expect(said.principalId).toBe('alice')
    expect(said.context).toEqual({
      iss: service.server.origin,
      aud: 'client',
      sub: 'alice',
      exp: String(NOW + 300),
      iat: String(NOW - 1),
      'cognito:groups': '[admin user]',
    })
  })

  test.each([7, true, ['alice'], { name: 'alice' }, null])(
    'AWS-JWT-30 sub %j is not a string, so it names no principal',
    async (sub) => {
      expect((await service.said({ sub })).principalId).toBe('')
    },
  )

  test('a token without sub names nobody', async () => {
    expect((await service.said({ sub: undefined })).principalId).toBe('')
  })
})

const behind = async (claims: object, options: object = {}): Promise<unknown> =>
  (await service.said({ ...claims }, options)).requestContext.authorizer

describe('AWS-JWT-33 AWS-JWT-34 AWS-GOT-28 scopes', () => {
  test('null on a route without scopes, whatever the token holds', async () => {
    expect(await behind({ scope: 'a b' })).toMatchObject({ jwt: { scopes: null, claims: { scope: 'a b' } } })
  })

  test('the full list of the token otherwise, not what matched', async () => {
    const options = { authorizationScopes: ['b'] }
    expect(await behind({ scope: 'a b c' }, options)).toMatchObject({
      jwt: { scopes: ['a', 'b', 'c'], claims: { scope: 'a b c' } },
    })
    expect(await behind({ scp: ['b', 'x'] }, options)).toMatchObject({
      jwt: { scopes: ['b', 'x'], claims: { scp: '[b x]' } },
    })
  })
})

test('AWS-CTX-24 requestContext.authorizer in both payload formats', async () => {
  const claims = {
    iss: service.server.origin,
    aud: 'client',
    sub: 'alice',
    exp: String(NOW + 300),
    iat: String(NOW - 1),
  }
  const said = { claims, scopes: null }
  expect((await service.said({})).requestContext.authorizer).toEqual({ jwt: said })
  const old = await service.said({}, { payloadFormatVersion: '1.0' })
  expect(old.requestContext.authorizer).toEqual(said)
})

test('AWS-KIND-02 one authorizer serves many routes', async () => {
  const authorizer = service.authorizer()
  const { withToken } = await import('../../support/with-token.ts')
  for (const line of ['GET /a', 'POST /b?x=1', 'DELETE /c/d'])
    expect((await authorizer.evaluate(withToken(service.token(), line))).allowed).toBe(true)
  expect(service.server.fetches).toBe(1)
})

test('what a handler does to its copy does not reach the next request', async () => {
  const authorizer = service.authorizer()
  const { withToken } = await import('../../support/with-token.ts')
  const request = withToken(service.token())
  for (let round = 0; round < 2; round++) {
    const outcome = await authorizer.evaluate(request)
    if (!outcome.allowed) throw new Error('refused')
    expect(outcome.authorizer.context['sub']).toBe('alice')
    ;(outcome.authorizer.context as Record<string, string>)['sub'] = 'admin'
    expect(outcome.authorizer.requestContext.authorizer).toMatchObject({ jwt: { claims: { sub: 'alice' } } })
  }
})
