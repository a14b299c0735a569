/** `expectDecision`: expectations that hold, that fail, and what their messages show. */
import { allOf, allow, createAuthorizer, deny, native, unauthorized } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import {
  expectDecision,
  type ExpectedAllow,
  type ExpectedDeny,
  scriptedAuthorizer,
  testRequest,
} from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'

const context = { role: 'reader', tags: ['a', { b: 1 }], 'unusual key': null }
const authorizer = createAuthorizer({
  authorize: (request) => {
    const credential = request.header('authorization')
    if (credential === undefined) return unauthorized({ headers: { 'www-authenticate': 'Bearer' } })
    if (credential === 'denied') return deny({ status: 418, body: { error: 'teapot', n: [1] } })
    return allow({ principalId: 'ann', context })
  },
  contract: native(),
  logger: null,
})
const as = (authorization: string) => ({ path: '/pets', headers: { authorization } })

const messageOf = async (expectation: Promise<unknown>): Promise<string> => {
  try {
    await expectation
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the expectation holds')
}

describe('expectDecision', () => {
  test.each<[name: string, expected: ExpectedAllow | undefined]>([
    ['nothing', undefined],
    ['the principal', { principalId: 'ann' }],
    ['a part of the context', { context: { role: 'reader' } }],
    ['members in another order', { context: { 'unusual key': null, tags: ['a', { b: 1 }] } }],
    ['a member that is absent', { context: { other: undefined } }],
  ])('toAllow with %s holds', async (_, expected) => {
    expect((await expectDecision(authorizer, as('x')).toAllow(expected)).context).toEqual(context)
  })

  test.each<[name: string, expected: ExpectedAllow, difference: string]>([
    ['another principal', { principalId: 'bob' }, 'principalId: expected "bob", found "ann"'],
    ['another value', { context: { role: 'admin' } }, 'context.role: expected "admin", found "reader"'],
    ['an absent member', { context: { other: 1 } }, 'context.other: expected 1, found nothing'],
    [
      'a member that must be absent',
      { context: { role: undefined } },
      'context.role: expected nothing, found "reader"',
    ],
    ['a part of a member', { context: { tags: ['a'] } }, 'context.tags: expected ["a"], found ["a",{"b":1}]'],
    ['a member of the prototype', { context: { toString: 1 } }, 'context.toString: expected 1, found nothing'],
  ])('toAllow with %s fails', async (_, expected, difference) => {
    const message = await messageOf(expectDecision(authorizer, as('x')).toAllow(expected))
    expect(message).toContain(`expected allow, found allow\n  ${difference}\n`)
  })

  test.each<[name: string, expected: ExpectedDeny | undefined]>([
    ['nothing', undefined],
    ['status, reason and type', { status: 418, reason: 'DENIED', type: 'ACCESS_DENIED' }],
    ['a body as JSON', { body: { n: [1], error: 'teapot' } }],
    ['a body as text', { body: '{"error":"teapot","n":[1]}' }],
    ['a header in another spelling', { headers: { 'CACHE-control': 'no-store' } }],
  ])('toDeny with %s holds', async (_, expected) => {
    expect((await expectDecision(authorizer, as('denied')).toDeny(expected)).response.status).toBe(418)
  })

  test.each<[name: string, expected: ExpectedDeny, difference: string]>([
    ['another status', { status: 403 }, 'status: expected 403, found 418'],
    ['another reason', { reason: 'UNAUTHORIZED' }, 'reason: expected "UNAUTHORIZED", found "DENIED"'],
    ['another type', { type: 'UNAUTHORIZED' }, 'type: expected "UNAUTHORIZED", found "ACCESS_DENIED"'],
    ['a part of the body', { body: { n: [1] } }, 'body: expected {"n":[1]}, found {"error":"teapot","n":[1]}'],
    ['other text', { body: 'teapot' }, 'body: expected "teapot", found "{\\"error\\":\\"teapot\\",\\"n\\":[1]}"'],
    ['a missing header', { headers: { 'x-a': '1' } }, 'header x-a: expected "1", found nothing'],
  ])('toDeny with %s fails', async (_, expected, difference) => {
    const message = await messageOf(expectDecision(authorizer, as('denied')).toDeny(expected))
    expect(message.split('\n')[1]).toBe(`  ${difference}`)
  })

  test('the opposite outcome fails, with what was expected and found', async () => {
    const denied = await messageOf(expectDecision(authorizer, { path: '/pets' }).toAllow())
    expect(denied.split('\n')[0]).toBe('expected allow, found deny 401 UNAUTHORIZED')
    const allowed = await messageOf(expectDecision(authorizer, as('x')).toDeny({ status: 401, reason: 'UNAUTHORIZED' }))
    expect(allowed.split('\n')[0]).toBe('expected deny 401 UNAUTHORIZED, found allow')
  })

  test('an unknown member is an error before the request is evaluated', async () => {
    const authorize = scriptedAuthorizer()
    const expectation = expectDecision(createAuthorizer({ authorize, logger: null }))
    await expect(expectation.toDeny({ statusCode: 401 } as ExpectedDeny)).rejects.toThrow(
      'toDeny.statusCode is not an option; allowed: status, reason, type, body, headers',
    )
    await expect(expectation.toAllow({ principal: 'ann' } as ExpectedAllow)).rejects.toThrow('toAllow.principal')
    expect(authorize.calls).toEqual([])
    expectOptionError(
      () => expectDecision({} as typeof authorizer),
      'expectDecision.authorizer',
      'an object',
      'guard.authorizer',
    )
  })

  test('each method evaluates the request once', async () => {
    const authorize = scriptedAuthorizer(true, false)
    const expectation = expectDecision(createAuthorizer({ authorize, logger: null }), testRequest({ path: '/a' }))
    await expectation.toAllow()
    await expectation.toDeny()
    expect(authorize.calls.length).toBe(2)
  })
})

describe('the message of a failed expectation', () => {
  const policy = {
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET/*',
        },
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: '*',
          Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } },
        },
      ],
    },
  }

  test('it explains sources, cache, statements and hint', async () => {
    const api = { region: 'eu-central-1', accountId: '123456789012', apiId: 'a', stage: 'prod' }
    const tokens = createAuthorizer({
      authorize: scriptedAuthorizer(policy),
      contract: aws.token({ api }),
      name: 'pets',
      logger: null,
    })
    const message = await messageOf(expectDecision(tokens, as('Bearer credential')).toAllow())
    expect(message.replace(/ +\d+\.\d+ ms| [\da-f-]{36}/g, '')).toBe(
      [
        'expected allow, found deny 403 IMPLICIT_DENY',
        'pets      GET     /pets                       deny 403  IMPLICIT_DENY               miss ' +
          ' no Allow statement of the policy matches this request; request ID',
        '  identity source header Authorization: present',
        '  cache: miss',
        '  policy: ImplicitlyDenied',
        '  statement 0, Allow: does not match (resource)',
        '    arn:aws:execute-api:eu-central-1:123456789012:a/prod/GET/pets',
        '    arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET/\u2026',
        '                        ^^^^^^^^^ region',
        '  statement 1, Allow: does not match (condition IpAddress aws:SourceIp)',
      ].join('\n'),
    )
    const cached = await messageOf(expectDecision(tokens, as('Bearer credential')).toAllow())
    expect(cached).toContain('  cache: hit, issued for GET /pets\n')
  })

  test('it names a missing identity source', async () => {
    const tokens = createAuthorizer({ authorize: scriptedAuthorizer(), contract: aws.token(), logger: null })
    const message = await messageOf(expectDecision(tokens).toDeny({ status: 403 }))
    expect(message).toContain('\n  identity source header Authorization: missing\n  cache: unused')
  })

  test('it names a problem of the result', async () => {
    const authorize = scriptedAuthorizer({ isAuthorized: 'yes' })
    const message = await messageOf(expectDecision(createAuthorizer({ authorize, logger: null })).toAllow())
    expect(message).toContain('\n  problem: isAuthorized is string; allowed: true or false')
  })

  test('it has the decisions of all members of a combined authorizer', async () => {
    const [one, other] = ['one', 'other'].map((name) =>
      createAuthorizer({ authorize: scriptedAuthorizer(name === 'one'), name, logger: null }),
    )
    if (one === undefined || other === undefined) throw new Error('two authorizers')
    const message = await messageOf(expectDecision(allOf(one, other)).toAllow())
    expect(message).toMatch(/^expected allow, found deny 403 DENIED\none .*allow .*\n[^]*\nother .*deny 403/)
  })

  test('a contract that fails to explain itself leaves the rest', async () => {
    const contract = {
      ...native(),
      explain: () => {
        throw new Error('no')
      },
    }
    const failing = createAuthorizer({ authorize: scriptedAuthorizer(false), contract, logger: null })
    const message = await messageOf(expectDecision(failing).toAllow())
    expect(message).toContain('expected allow, found deny 403 DENIED')
  })

  test.each<[name: string, headers: Record<string, string>, query: string, leaked: string]>([
    ['a token', { authorization: 'Bearer credential-1' }, '', 'credential-1'],
    ['a token in a longer text', { authorization: 'Bearer credential-1' }, '', 'token credential-1 of ann'],
    ['a whole header', { authorization: 'Bearer credential-1' }, '', 'Bearer credential-1'],
    ['a short token', { authorization: 'abc' }, '', 'abc'],
    ['a key', { 'x-api-key': 'credential-1' }, '', 'credential-1'],
    ['a cookie', { cookie: 'a=1; session=credential-1' }, '', 'credential-1'],
    ['a cookie in percent-encoding', { cookie: 'session=credential%201' }, '', 'credential 1'],
    ['a query parameter', {}, '?token=credential-1', 'credential-1'],
    ['a query parameter in percent-encoding', {}, '?token=credential%2B1', 'credential+1'],
    ['a query parameter as it was sent', {}, '?token=credential%2B1', 'credential%2B1'],
  ])('SEC-101 it does not show %s that the authorizer returns', async (_, headers, query, leaked) => {
    const leaking = createAuthorizer({
      authorize: ({ method }) =>
        method === 'GET'
          ? allow({ principalId: leaked, context: { role: leaked, list: [{ deep: leaked }], [leaked]: 1 } })
          : deny({ body: { [leaked]: leaked }, headers: { 'x-sent': leaked } }),
      contract: native(),
      name: 'leaking',
      logger: null,
    })
    const request = { path: `/pets${query}`, headers }
    const allowed = await messageOf(
      expectDecision(leaking, request).toAllow({ principalId: 'x', context: { role: 'x', list: 1, [leaked]: 2 } }),
    )
    const denied = await messageOf(
      expectDecision(leaking, { ...request, method: 'PUT' }).toDeny({ body: {}, headers: { 'x-sent': '' } }),
    )
    for (const message of [allowed, denied]) {
      expect(message).toContain('[sent by the client]')
      expect(message).not.toContain(leaked)
    }
  })

  test('SEC-101 descriptive headers do not hide words', async () => {
    const request = { headers: { authorization: 'Bearer x', accept: 'reader', 'user-agent': 'reader', host: 'reader' } }
    const message = await messageOf(expectDecision(authorizer, request).toAllow({ context: { role: 'admin' } }))
    expect(message).toContain('context.role: expected "admin", found "reader"')
  })
})
