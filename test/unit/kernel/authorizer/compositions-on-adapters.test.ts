/** Compositions of authorizers on every adapter. */
import { allow, anyOf, createAuthorizer, firstOf, native, optional, unauthorized } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../../support/adapters.ts'

const policy = (Effect: string) => ({ Version: '2012-10-17', Statement: { Effect, Action: '*', Resource: '*' } })
const gateway = createAuthorizer({
  name: 'gateway',
  logger: null,
  contract: aws.token(),
  authorize: async ({ authorizationToken }: aws.TokenEvent) => {
    if (authorizationToken === 'unknown') throw new Error('Unauthorized')
    return { principalId: 'rob', policyDocument: policy(authorizationToken), context: { role: 'admin' } }
  },
})
const session = createAuthorizer({
  name: 'session',
  logger: null,
  contract: native({ identitySources: ['$request.header.X-Session'] }),
  authorize: (request) =>
    request.header('x-session') === 'good'
      ? allow({ principalId: 'ann', context: { role: 'reader' } })
      : unauthorized(),
})

const principal = (body: string): unknown =>
  (JSON.parse(body) as { authorizer: { principalId: string } }).authorizer.principalId

describeAdapters('compositions', (adapter) => {
  const serve = (authorizer: object) =>
    adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never, { contextHeaders: { 'x-role': 'context.role' } })],
      routes: [{ path: '/admin', use: [adapter.requireContext({ role: 'admin' })] }, { path: '*' }],
    })

  test.each<[title: string, status: number, headers: readonly (readonly [string, string])[], principalId?: string]>([
    ['an anonymous caller', 200, [], ''],
    ['a valid session', 200, [['X-Session', 'good']], 'ann'],
    ['a valid token', 200, [['Authorization', 'Allow']], 'rob'],
    ['a denied token', 403, [['Authorization', 'Deny']]],
    [
      'a repeated token',
      401,
      [
        ['Authorization', 'Allow'],
        ['Authorization', 'Allow'],
      ],
    ],
  ])('with optional(firstOf(…)), %s gets %d', async (_, status, headers, principalId) => {
    const service = await serve(optional(firstOf(session, gateway)))
    const response = await service.send({ target: '/', headers })
    expect(response.status).toBe(status)
    expect(service.hits).toHaveLength(status === 200 ? 1 : 0)
    if (principalId !== undefined) expect(principal(response.body)).toBe(principalId)
  })

  test('requireContext after a composition checks the context of the member that allowed', async () => {
    const service = await serve(optional(anyOf(session, gateway)))
    const status = async (...headers: readonly (readonly [string, string])[]) =>
      (await service.send({ target: '/admin', headers })).status
    expect([await status(), await status(['X-Session', 'good']), await status(['Authorization', 'Allow'])]).toEqual([
      403, 403, 200,
    ])
  })
})
