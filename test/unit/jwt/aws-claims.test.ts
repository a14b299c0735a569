import { describe, expect, test } from 'vitest'
import { awsService, NOW } from './aws-service.ts'

const service = awsService()

describe('claims', () => {
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
  ])('AWS-JWT-30 AWS-JWT-31 AWS-JWT-32 AWS-GOT-29 a claim %j becomes the string %j', async (value, expected) => {
    expect((await service.contextOf({ value })).context).toMatchObject({ value: expected })
  })

  test('AWS-JWT-30 AWS-JWT-31 AWS-JWT-32 AWS-GOT-29 null claims are left out', async () => {
    expect((await service.contextOf({ none: null })).context).not.toHaveProperty('none')
  })

  test('AWS-JWT-30 AWS-JWT-31 AWS-JWT-32 AWS-GOT-29 the context has all claims, and sub is the principal', async () => {
    const context = await service.contextOf({ 'cognito:groups': ['admin', 'user'] })
    expect(context.principalId).toBe('alice')
    expect(context.context).toEqual({
      iss: service.server.origin,
      aud: 'client',
      sub: 'alice',
      exp: String(NOW + 300),
      iat: String(NOW - 1),
      'cognito:groups': '[admin user]',
    })
  })

  test.each([7, true, ['alice'], { name: 'alice' }, null])(
    'AWS-JWT-30 sub %j is not a string and gives no principal ID',
    async (sub) => {
      expect((await service.contextOf({ sub })).principalId).toBe('')
    },
  )

  test('AWS-JWT-30 a token without sub has an empty principal ID', async () => {
    expect((await service.contextOf({ sub: undefined })).principalId).toBe('')
  })
})

const requestAuthorizer = async (claims: object, options: object = {}): Promise<unknown> =>
  (await service.contextOf({ ...claims }, options)).requestContext.authorizer

describe('scopes in requestContext.authorizer', () => {
  test('AWS-JWT-33 AWS-JWT-34 AWS-GOT-28 scopes are null on a route without scopes', async () => {
    expect(await requestAuthorizer({ scope: 'a b' })).toMatchObject({ jwt: { scopes: null, claims: { scope: 'a b' } } })
  })

  test('AWS-JWT-33 AWS-JWT-34 AWS-GOT-28 scopes are all scopes of the token on a route with scopes', async () => {
    const options = { authorizationScopes: ['b'] }
    expect(await requestAuthorizer({ scope: 'a b c' }, options)).toMatchObject({
      jwt: { scopes: ['a', 'b', 'c'], claims: { scope: 'a b c' } },
    })
    expect(await requestAuthorizer({ scp: ['b', 'x'] }, options)).toMatchObject({
      jwt: { scopes: ['b', 'x'], claims: { scp: '[b x]' } },
    })
  })
})

test('AWS-CTX-24 requestContext.authorizer has the form of the payload format', async () => {
  const claims = {
    iss: service.server.origin,
    aud: 'client',
    sub: 'alice',
    exp: String(NOW + 300),
    iat: String(NOW - 1),
  }
  const authorizer = { claims, scopes: null }
  expect((await service.contextOf({})).requestContext.authorizer).toEqual({ jwt: authorizer })
  const old = await service.contextOf({}, { payloadFormatVersion: '1.0' })
  expect(old.requestContext.authorizer).toEqual(authorizer)
})

test('AWS-KIND-02 one authorizer can be used for several routes', async () => {
  const authorizer = service.authorizer()
  const { withToken } = await import('../../support/with-token.ts')
  for (const line of ['GET /a', 'POST /b?x=1', 'DELETE /c/d'])
    expect((await authorizer.evaluate(withToken(service.token(), line))).allowed).toBe(true)
  expect(service.server.fetches).toBe(1)
})

test('changes that a handler makes to its context do not affect the next request', async () => {
  const authorizer = service.authorizer()
  const { withToken } = await import('../../support/with-token.ts')
  const request = withToken(service.token())
  for (let round = 0; round < 2; round++) {
    const outcome = await authorizer.evaluate(request)
    if (!outcome.allowed) throw new Error('denied')
    expect(outcome.authorizer.context['sub']).toBe('alice')
    ;(outcome.authorizer.context as Record<string, string>)['sub'] = 'admin'
    expect(outcome.authorizer.requestContext.authorizer).toMatchObject({ jwt: { claims: { sub: 'alice' } } })
  }
})
