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

  test.each<[title: string, headers: readonly (readonly [string, string])[], status: number, principalId?: string]>([
    ['an anonymous caller', [], 200, ''],
    ['a valid session', [['X-Session', 'good']], 200, 'ann'],
    ['a valid token', [['Authorization', 'Allow']], 200, 'rob'],
    ['a denied token', [['Authorization', 'Deny']], 403],
    [
      'a repeated token',
      [
        ['Authorization', 'Allow'],
        ['Authorization', 'Allow'],
      ],
      401,
    ],
  ])('optional(firstOf(…)) handles %s', async (_, headers, status, principalId) => {
    const service = await serve(optional(firstOf(session, gateway)))
    const response = await service.ask({ target: '/', headers })
    expect(response.status).toBe(status)
    expect(service.hits).toHaveLength(status === 200 ? 1 : 0)
    if (principalId !== undefined) expect(principal(response.body)).toBe(principalId)
  })

  test('requireContext after a composition checks the context of the member that allowed', async () => {
    const service = await serve(optional(anyOf(session, gateway)))
    const status = async (...headers: readonly (readonly [string, string])[]) =>
      (await service.ask({ target: '/admin', headers })).status
    expect([await status(), await status(['X-Session', 'good']), await status(['Authorization', 'Allow'])]).toEqual([
      403, 403, 200,
    ])
  })
})
