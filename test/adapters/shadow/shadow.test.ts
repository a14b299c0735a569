/** `shadow` on every adapter: the response is that of `enforce`, and the candidate sees the request as the guard received it. */
import {
  allow,
  createAuthorizer,
  type DecisionObserver,
  type Difference,
  type GatewayRequest,
  gatewayDecision,
  native,
  shadow,
  type ShadowOptions,
} from '@custom-authorizer/core'
import { expect, it, vi } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { expectNothingUncaught, throwError } from '../../support/failure-checks.ts'
import type { RawRequest } from '../../support/raw-client.ts'

expectNothingUncaught()

const enforce = createAuthorizer({
  name: 'current',
  logger: null,
  contract: native({ identitySources: ['$request.header.Authorization'] }),
  authorize: async (request) =>
    request.header('authorization') === 'good' && allow({ principalId: 'ann', context: { role: 'admin' } }),
})

const CANDIDATES: readonly (readonly [title: string, observe: () => unknown])[] = [
  ['allows everything', () => ({ verdict: 'allow' })],
  ['denies everything', () => ({ verdict: 'deny', status: 403 })],
  ['throws', throwError],
  ['rejects', async () => throwError()],
  ['hangs', () => new Promise(() => undefined)],
  ['returns nonsense', () => 'nonsense'],
]

const post = (token: string | undefined): RawRequest => ({
  method: 'POST',
  target: '/pets/7?a=1',
  headers: token === undefined ? [] : [['Authorization', token]],
  body: '{"name":"rex"}',
})

const handle = async (request: { body(): Promise<Buffer>; header(name: string): string | undefined }) => ({
  body: [(await request.body()).toString(), request.header('x-role')],
})

const contextOf = (request: GatewayRequest): unknown => JSON.parse(request.header('x-gateway-context') ?? 'null')

describeAdapters('shadow', (adapter) => {
  const serve = (options: Omit<ShadowOptions, 'enforce'>) => {
    const authorizer = shadow({ enforce, ...options })
    const guard = adapter.customAuthorizer(authorizer as never, { contextHeaders: { 'x-role': 'context.role' } })
    return adapter
      .serve({ routes: [{ method: 'POST', path: '/pets/:id', use: [guard], handle }] })
      .then((service) => ({ ...service, authorizer }))
  }

  it.each(CANDIDATES)('SEC-129 a candidate that %s changes no response', async (_, observe) => {
    const service = await serve({ candidate: { name: 'next', observe: observe as DecisionObserver['observe'] } })
    const responses = [
      await service.send(post('good')),
      await service.send(post('bad')),
      await service.send(post(undefined)),
    ]
    expect(responses.map(({ status }) => status)).toEqual([200, 403, 401])
    expect(JSON.parse(responses[0]?.body ?? '')).toEqual(['{"name":"rex"}', 'admin'])
    expect(service.hits).toHaveLength(1)
    expect(service.errors).toEqual([])
    expect(service.authorizer.comparison().requests).toBe(3)
  })

  it('SEC-130 the candidate gets the request without the headers of the mount, and the handler reads the whole body', async () => {
    const seen: unknown[] = []
    const differences: Difference[] = []
    const candidate = createAuthorizer({
      name: 'next',
      logger: null,
      authorize: async (request: GatewayRequest) => {
        const { method, path, queryString, sourceIp, framework } = request
        const headers = [request.header('authorization'), request.header('x-role')]
        seen.push([method, path, queryString, sourceIp, headers, framework, await request.readBody(100)])
        return false
      },
    })
    const service = await serve({ candidate, onDifference: (difference) => differences.push(difference) })
    const response = await service.send({
      ...post('good'),
      headers: [
        ['Authorization', 'good'],
        ['X-Role', 'root'],
      ],
    })
    expect([response.status, response.body]).toEqual([200, JSON.stringify(['{"name":"rex"}', 'admin'])])
    await vi.waitFor(() => expect(differences).toHaveLength(1))
    expect(seen).toEqual([['POST', '/pets/7', 'a=1', '127.0.0.1', ['good', undefined], undefined, 'GONE']])
    expect(differences).toMatchObject([
      { kind: 'DENIED_INSTEAD_OF_ALLOWED', method: 'POST', enforce: { reason: 'ALLOWED' } },
    ])
    expect(['/pets/{id}', '/pets/7']).toContain(differences[0]?.path)
    expect(differences[0]?.enforce.explain()[0]?.identitySources).toMatchObject([{ state: 'present' }])
  })

  it('a service behind the gateway is compared with the decision that the gateway passes along', async () => {
    const current = gatewayDecision({ contextOf, logger: null })
    const authorizer = shadow({ enforce: current, candidate: enforce, ignore: ['principalId'] })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never)],
      routes: [{ path: '*' }],
    })
    const send = (context: unknown, token: string) =>
      service.send({
        headers: [
          ['Authorization', token],
          ['X-Gateway-Context', JSON.stringify(context)],
        ],
      })
    expect((await send({ lambda: { role: 'admin' } }, 'good')).status).toBe(200)
    expect((await send({ lambda: { role: 'reader' } }, 'good')).status).toBe(200)
    expect((await send({ lambda: { role: 'admin' } }, 'bad')).status).toBe(200)
    expect((await send(null, 'good')).status).toBe(500)
    await vi.waitFor(() => expect(authorizer.comparison()).toMatchObject({ requests: 4, compared: 4 }))
    expect(authorizer.comparison().differences.map(({ kind, count }) => [kind, count])).toEqual([
      ['ALLOWED_INSTEAD_OF_DENIED', 1],
      ['DENIED_INSTEAD_OF_ALLOWED', 1],
      ['OTHER_CONTEXT', 1],
    ])
  })
})
