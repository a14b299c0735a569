/** `getAuthorizer` and the framework's locals, with and without an authorizer that allowed the request. @module */
import { allow, AuthorizerError, createAuthorizer, type GatewayRequest, native } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters, echo, spell, type Visit } from '../../support/adapters.ts'
import { as, paced, PACES, allowAnyToken } from './callers.ts'

const said = (name: string, context: object): object => ({
  principalId: name,
  context,
  requestContext: { authorizer: { principalId: name, ...context } },
})

describeAdapters('authorizer context', (adapter) => {
  it.each(PACES)('locals and getAuthorizer hold the result with its types (%s)', async (pace) => {
    const context = { n: 1, b: true, s: 'x', none: null, list: [1, 'a'], deep: { a: { b: 2 } } }
    const guard = adapter.customAuthorizer(paced(pace, () => allow({ principalId: 'ann', context })))
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const expected = said('ann', context)
    expect(JSON.parse((await service.ask({})).body)).toEqual({
      authorizer: expected,
      locals: adapter.hasLocals ? expected : null,
    })
  })

  it('the result true has an empty principal ID', async () => {
    const service = await adapter.serve({ use: [adapter.customAuthorizer(() => true)], routes: [{ path: '*' }] })
    expect(JSON.parse((await service.ask({})).body)).toMatchObject({ authorizer: said('', {}) })
  })

  it('getAuthorizer throws ERR_NOT_AUTHORIZED without a guard and on a skipped path', async () => {
    const thrown: unknown[] = []
    const handle = (visit: Visit): { body: string } => {
      try {
        visit.getAuthorizer()
      } catch (error) {
        thrown.push(error)
      }
      return { body: visit.locals === undefined ? 'nothing' : 'something' }
    }
    const guard = adapter.customAuthorizer(allowAnyToken, { skip: ['/health'] })
    const service = await adapter.serve({
      routes: [
        { path: '/open', handle },
        { path: '/health', use: [guard], handle },
      ],
    })
    for (const target of ['/open', '/health']) {
      const answer = await service.ask({ target, headers: as('ann') })
      expect([answer.status, answer.body]).toEqual([200, 'nothing'])
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
            handle: (visit) => {
              expect(() => visit.getAuthorizer(unused)).toThrow(
                expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }) as Error,
              )
              const all = [visit.getAuthorizer(first), visit.getAuthorizer(second), visit.getAuthorizer(), visit.locals]
              return { body: all.map(spell) }
            },
          },
        ],
      })
      const one = said('first', { a: 1 })
      const two = said('second', { b: 2 })
      const answer = await service.ask({ target: '/both' })
      expect(JSON.parse(answer.body)).toEqual([one, two, two, adapter.hasLocals ? two : null])
    },
  )

  it.each(PACES)(
    'with two guards on a route, the second can deny a request that the first allows (%s)',
    async (pace) => {
      const service = await adapter.serve({
        use: [adapter.customAuthorizer(paced(pace, () => true))],
        routes: [{ path: '/both', use: [adapter.customAuthorizer(paced(pace, () => false))] }],
      })
      expect((await service.ask({ target: '/both' })).status).toBe(403)
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
        { path: '/here', use: [here], handle: (visit) => ({ body: visit.getAuthorizer(there).principalId }) },
        { path: '/there', use: [there] },
      ],
    })
    expect((await service.ask({ target: '/here', headers: as('t') })).body).toBe('ann')
    expect((await service.ask({ target: '/there', headers: as('t') })).status).toBe(200)
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
          handle: (visit) => {
            const body = JSON.stringify(spell(visit.getAuthorizer()))
            const { context, requestContext } = visit.getAuthorizer()
            for (const each of [context, requestContext.authorizer as Record<string, unknown>]) {
              ;(each['list'] as number[]).push(2)
              each['role'] = 'admin'
            }
            return { body }
          },
        },
      ],
    })
    const bodies = [await service.ask({ headers: as('t') }), await service.ask({ headers: as('t') })].map(
      ({ body }) => body,
    )
    expect(service.errors).toEqual([])
    expect(bodies[1]).toBe(bodies[0])
    expect(JSON.parse(bodies[1] ?? '')).toEqual(said('ann', { list: [1], role: 'user' }))
  })

  it('SEC-113 concurrent requests each see their own caller', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(paced('async', allowAnyToken))],
      routes: [
        {
          path: '*',
          handle: async (visit) => {
            await new Promise((resolve) => setImmediate(resolve))
            return echo(visit)
          },
        },
      ],
    })
    const names = Array.from({ length: 20 }, (_, index) => `caller-${index}`)
    const answers = await Promise.all(names.map((name) => service.ask({ headers: as(name) })))
    const expected = names.map((name) => said(name, { name }))
    expect(answers.map(({ body }) => (JSON.parse(body) as { authorizer: unknown }).authorizer)).toEqual(expected)
  })
})
