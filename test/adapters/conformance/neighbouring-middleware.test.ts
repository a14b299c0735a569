/** The guard among other middleware: earlier headers, later middleware, and the framework's error handler. @module */
import { expect, it } from 'vitest'
import { describeAdapters, type HandledRequest } from '../../support/adapters.ts'
import { as, paced, PACES, policy, tokenContract, allowAnyToken } from './callers.ts'

class HandlerError extends Error {}

/** Ways in which a handler fails. */
const FAILURES: readonly (readonly [string, (request: HandledRequest) => never | Promise<never>])[] = [
  [
    'throws',
    () => {
      throw new HandlerError('x')
    },
  ],
  ['rejects', () => Promise.reject(new HandlerError('x'))],
]

const principal = (request: HandledRequest): { body: string } => ({ body: request.getAuthorizer().principalId })

describeAdapters('neighbouring middleware', (adapter) => {
  for (const pace of PACES) {
    it.each(FAILURES)(
      `a handler that %s reaches the error handler of the framework once (${pace})`,
      async (_, handle) => {
        const guard = adapter.customAuthorizer(paced(pace, () => true))
        const service = await adapter.serve({ use: [guard], routes: [{ path: '*', handle }] })
        const response = await service.send({})
        expect(response.status).toBe(500)
        // The body is not a response of the library.
        expect(response.body).not.toContain('message')
        expect(service.errors).toHaveLength(1)
        expect(service.errors[0]).toBeInstanceOf(HandlerError)
        expect(service.hits).toHaveLength(1)
        expect((await service.send({})).status).toBe(500)
        expect(service.errors).toHaveLength(2)
      },
    )

    it.each(FAILURES)(
      `SEC-112 an authorizer that %s does not reach the error handler of the framework (${pace})`,
      async (_, authorize) => {
        const thrown: unknown[] = []
        const guard = adapter.customAuthorizer(paced(pace, authorize as never), {
          logger: null,
          onAuthorizerError: (error: unknown) => thrown.push(error),
        })
        const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
        const response = await service.send({ headers: as('secret-token') })
        expect([response.status, response.body]).toEqual([500, '{"message":"Internal Server Error"}'])
        expect([service.errors, service.hits]).toEqual([[], []])
        expect(thrown).toEqual([expect.any(HandlerError)])
      },
    )

    it(`an error thrown by getAuthorizer reaches the error handler of the framework (${pace})`, async () => {
      const guard = adapter.customAuthorizer(
        paced(pace, () => true),
        { skip: ['/skipped'] },
      )
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*', handle: principal }] })
      expect((await service.send({ target: '/skipped' })).status).toBe(500)
      expect(service.errors).toEqual([expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' })])
    })

    it(`a header set by earlier middleware is on denied and allowed responses (${pace})`, async () => {
      const guard = adapter.customAuthorizer(paced(pace, allowAnyToken))
      const service = await adapter.serve({
        use: [adapter.responseHeader('X-Served-By', 'pets'), guard],
        routes: [{ path: '*' }],
      })
      const denied = await service.send({})
      expect([denied.status, denied.body, denied.header('X-Served-By')]).toEqual([
        401,
        '{"message":"Unauthorized"}',
        'pets',
      ])
      expect(denied.header('Content-Length')).toBe('26')
      const allowed = await service.send({ headers: as('ann') })
      expect([allowed.status, allowed.header('X-Served-By')]).toEqual([200, 'pets'])
    })

    it(`middleware after the guard does not run on a denial (${pace})`, async () => {
      const seen: string[] = []
      const tap = adapter.tap((request) => void seen.push(request.method))
      const guard = adapter.customAuthorizer(paced(pace, allowAnyToken))
      const service = await adapter.serve({ use: [guard, tap], routes: [{ path: '*' }] })
      await service.send({})
      await service.send({ method: 'PUT', headers: as('ann') })
      expect(seen).toEqual(['PUT'])
    })
  }

  /** A header set before the guard, and its value on the denial. */
  const EARLY = [
    ['Content-Type', 'text/html', 'application/json'],
    ['Content-Length', '3', '60'],
    ['Cache-Control', 'public, max-age=60', 'no-store'],
    ['Content-Encoding', 'br', undefined],
    ['ETag', '"x"', undefined],
    ['Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT', undefined],
    ['X-Served-By', 'pets', 'pets'],
    ['Vary', 'Accept-Encoding', 'Accept-Encoding'],
  ] as const
  it.each(EARLY)(
    'SEC-103 a denial after middleware that set %s: %s has the value %s',
    async (name, value, expected) => {
      const guard = adapter.customAuthorizer(async () => policy({}), { contract: tokenContract() })
      const service = await adapter.serve({ use: [adapter.earlyHeader(name, value), guard], routes: [{ path: '*' }] })
      const response = await service.send({ headers: as('t') })
      expect(response.body).toBe('{"Message":"User is not authorized to access this resource"}')
      expect(response.header(name)).toBe(expected)
    },
  )
})
