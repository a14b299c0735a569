/** `getAuthorizer` and the framework's locals, with and without an authorizer that allowed the request. @module */
import { allow, AuthorizerError, createAuthorizer, type GatewayRequest, native } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters, echo, toPlainContext, type HandledRequest } from '../../support/adapters.ts'
import { as, paced, PACES, allowAnyToken } from './callers.ts'

const expectedContext = (name: string, context: object): object => ({
  principalId: name,
  context,
  requestContext: { authorizer: { principalId: name, ...context } },
})

describeAdapters('authorizer context', (adapter) => {
  it.each(PACES)('locals and getAuthorizer hold the result with its types (%s)', async (pace) => {
    const context = { n: 1, b: true, s: 'x', none: null, list: [1, 'a'], deep: { a: { b: 2 } } }
    const guard = adapter.customAuthorizer(paced(pace, () => allow({ principalId: 'ann', context })))
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const expected = expectedContext('ann', context)
    expect(JSON.parse((await service.send({})).body)).toEqual({
      authorizer: expected,
      locals: adapter.hasLocals ? expected : null,
    })
  })

  it('the result true has an empty principal ID', async () => {
    const service = await adapter.serve({ use: [adapter.customAuthorizer(() => true)], routes: [{ path: '*' }] })
    expect(JSON.parse((await service.send({})).body)).toMatchObject({ authorizer: expectedContext('', {}) })
  })

  it('getAuthorizer throws ERR_NOT_AUTHORIZED without a guard and on a skipped path', async () => {
    const thrown: unknown[] = []
    const handle = (request: HandledRequest): { body: string } => {
      try {
        request.getAuthorizer()
      } catch (error) {
        thrown.push(error)
      }
      return { body: request.locals === undefined ? 'nothing' : 'something' }
    }
    const guard = adapter.customAuthorizer(allowAnyToken, { skip: ['/health'] })
    const service = await adapter.serve({
      routes: [
        { path: '/open', handle },
        { path: '/health', use: [guard], handle },
      ],
    })
    for (const target of ['/open', '/health']) {
      const response = await service.send({ target, headers: as('ann') })
      expect([response.status, response.body]).toEqual([200, 'nothing'])
    }
    expect(thrown).toHaveLength(2)
    for (const error of thrown) {
      expect(error).toBeInstanceOf(AuthorizerError)
      expect(error).toMatchObject({ code: 'ERR_NOT_AUTHORIZED' })
    }
  })

  it.each(PACES)(
    'with two guards on a route, getAuthorizer(guard) returns its own result, and getAuthorizer() the later one (%s)',
    async (pace) => {
      const first = adapter.customAuthorizer(paced(pace, () => allow({ principalId: 'first', context: { a: 1 } })))
      const second = adapter.customAuthorizer(paced(pace, () => allow({ principalId: 'second', context: { b: 2 } })))
      const unused = adapter.customAuthorizer(() => true)
      const service = await adapter.serve({
        use: [first],
        routes: [
          {
            path: '/both',
            use: [second],
            handle: (request) => {
              expect(() => request.getAuthorizer(unused)).toThrow(
                expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }) as Error,
              )
              const all = [
                request.getAuthorizer(first),
                request.getAuthorizer(second),
                request.getAuthorizer(),
                request.locals,
              ]
              return { body: all.map(toPlainContext) }
            },
          },
        ],
      })
      const one = expectedContext('first', { a: 1 })
      const two = expectedContext('second', { b: 2 })
      const response = await service.send({ target: '/both' })
      expect(JSON.parse(response.body)).toEqual([one, two, two, adapter.hasLocals ? two : null])
    },
  )

  it.each(PACES)(
    'with two guards on a route, the second can deny a request that the first allows (%s)',
    async (pace) => {
      const service = await adapter.serve({
        use: [adapter.customAuthorizer(paced(pace, () => true))],
        routes: [{ path: '/both', use: [adapter.customAuthorizer(paced(pace, () => false))] }],
      })
      expect((await service.send({ target: '/both' })).status).toBe(403)
      expect(service.hits).toEqual([])
    },
  )

  it('one authorizer in two guards has one cache, and either guard returns its result', async () => {
    const callers: string[] = []
    const authorizer = createAuthorizer({
      authorize: (request: GatewayRequest) => {
        callers.push(request.header('authorization') ?? '')
        return allow({ principalId: 'ann', context: {} })
      },
      contract: native({
        identitySources: ['$request.header.authorization'],
        resultTtlSeconds: 60,
        cachePer: 'identity',
      }),
    })
    const here = adapter.customAuthorizer(authorizer as never)
    const there = adapter.customAuthorizer(authorizer as never)
    const service = await adapter.serve({
      routes: [
        { path: '/here', use: [here], handle: (request) => ({ body: request.getAuthorizer(there).principalId }) },
        { path: '/there', use: [there] },
      ],
    })
    expect((await service.send({ target: '/here', headers: as('t') })).body).toBe('ann')
    expect((await service.send({ target: '/there', headers: as('t') })).status).toBe(200)
    expect(callers).toEqual(['t'])
  })

  it('changes of a handler to its context do not reach later requests, even from the cache', async () => {
    const guard = adapter.customAuthorizer(() => allow({ principalId: 'ann', context: { list: [1], role: 'user' } }), {
      contract: native({ identitySources: ['$request.header.authorization'], resultTtlSeconds: 60 }),
    })
    const service = await adapter.serve({
      use: [guard],
      routes: [
        {
          path: '*',
          handle: (request) => {
            const body = JSON.stringify(toPlainContext(request.getAuthorizer()))
            const { context, requestContext } = request.getAuthorizer()
            for (const each of [context, requestContext.authorizer as Record<string, unknown>]) {
              ;(each['list'] as number[]).push(2)
              each['role'] = 'admin'
            }
            return { body }
          },
        },
      ],
    })
    const bodies = [await service.send({ headers: as('t') }), await service.send({ headers: as('t') })].map(
      ({ body }) => body,
    )
    expect(service.errors).toEqual([])
    expect(bodies[1]).toBe(bodies[0])
    expect(JSON.parse(bodies[1] ?? '')).toEqual(expectedContext('ann', { list: [1], role: 'user' }))
  })

  it('SEC-113 concurrent requests each see their own caller', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(paced('async', allowAnyToken))],
      routes: [
        {
          path: '*',
          handle: async (request) => {
            await new Promise((resolve) => setImmediate(resolve))
            return echo(request)
          },
        },
      ],
    })
    const names = Array.from({ length: 20 }, (_, index) => `caller-${index}`)
    const results = await Promise.all(names.map((name) => service.send({ headers: as(name) })))
    const expected = names.map((name) => expectedContext(name, { name }))
    expect(results.map(({ body }) => (JSON.parse(body) as { authorizer: unknown }).authorizer)).toEqual(expected)
  })
})
