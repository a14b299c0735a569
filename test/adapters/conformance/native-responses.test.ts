/** Responses of the native contract to every result, synchronous and asynchronous. @module */
import { allow, deny, type NativeAnswer, native, unauthorized } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { as, paced, PACES } from './callers.ts'

const JSON_TYPE = 'application/json'
const TEXT_TYPE = 'text/plain; charset=utf-8'
const FORBIDDEN = '{"message":"Forbidden"}'
const UNAUTHORIZED = '{"message":"Unauthorized"}'
const FAILED = '{"message":"Internal Server Error"}'

interface Expected {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

const ALLOWING: readonly (readonly [string, () => NativeAnswer])[] = [
  ['true', () => true],
  ['{ isAuthorized: true }', () => ({ isAuthorized: true })],
  ['allow()', () => allow()],
  ['allow() with everything', () => allow({ principalId: 'ann', context: { a: [1] }, expiresAt: 4_102_444_800_000 })],
]

const DENYING: readonly (readonly [string, () => unknown, Expected])[] = [
  ['false', () => false, { status: 403, body: FORBIDDEN }],
  ['{ isAuthorized: false }', () => ({ isAuthorized: false }), { status: 403, body: FORBIDDEN }],
  [
    '{ isAuthorized: false } with a context',
    () => ({ isAuthorized: false, context: { a: 1 } }),
    { status: 403, body: FORBIDDEN },
  ],
  ['deny()', () => deny(), { status: 403, body: FORBIDDEN }],
  ['deny() with a status', () => deny({ status: 402 }), { status: 402, body: FORBIDDEN }],
  ['deny() with a 5xx status', () => deny({ status: 503 }), { status: 503, body: FORBIDDEN }],
  [
    'deny() with a text',
    () => deny({ status: 404, body: 'Nicht gefunden: Zoë' }),
    { status: 404, body: 'Nicht gefunden: Zoë', headers: { 'Content-Type': TEXT_TYPE } },
  ],
  [
    'deny() with an empty text',
    () => deny({ body: '' }),
    { status: 403, body: '', headers: { 'Content-Type': TEXT_TYPE } },
  ],
  ['deny() with data', () => deny({ body: { code: 7, of: ['a'] } }), { status: 403, body: '{"code":7,"of":["a"]}' }],
  [
    'deny() with headers',
    () =>
      deny({
        body: '<no/>',
        headers: { 'Content-Type': 'application/xml', 'X-Why': 'because', 'Cache-Control': 'max-age=1' },
      }),
    {
      status: 403,
      body: '<no/>',
      headers: { 'Content-Type': 'application/xml', 'X-Why': 'because', 'Cache-Control': 'max-age=1' },
    },
  ],
  ['unauthorized()', () => unauthorized(), { status: 401, body: UNAUTHORIZED }],
  [
    'unauthorized() with a challenge',
    () => unauthorized({ headers: { 'WWW-Authenticate': 'Bearer realm="pets"' } }),
    { status: 401, body: UNAUTHORIZED, headers: { 'WWW-Authenticate': 'Bearer realm="pets"' } },
  ],
  ['SEC-59 allow() with expiresAt in the past', () => allow({ expiresAt: 1 }), { status: 500, body: FAILED }],
  ['nothing', () => undefined, { status: 500, body: FAILED }],
  ['null', () => null, { status: 500, body: FAILED }],
  ['a text', () => 'yes', { status: 500, body: FAILED }],
  ['a number', () => 1, { status: 500, body: FAILED }],
  ['an empty object', () => ({}), { status: 500, body: FAILED }],
  ['a truthy isAuthorized', () => ({ isAuthorized: 'true' }), { status: 500, body: FAILED }],
  ['an unknown member', () => ({ isAuthorized: true, admin: true }), { status: 500, body: FAILED }],
  ['{ principalId, policyDocument }', () => ({ principalId: 'u', policyDocument: {} }), { status: 500, body: FAILED }],
  ['deny() with status 200', () => deny({ status: 200 }), { status: 500, body: FAILED }],
  ['deny() with Content-Length', () => deny({ headers: { 'Content-Length': '0' } }), { status: 500, body: FAILED }],
  [
    'deny() with a line break in a header',
    () => deny({ headers: { 'X-A': 'a\r\nX-B: b' } }),
    { status: 500, body: FAILED },
  ],
  [
    'a throw',
    () => {
      throw new Error('hunter2')
    },
    { status: 500, body: FAILED },
  ],
  [
    'a thrown Unauthorized, which has no meaning in this contract',
    () => {
      throw new Error('Unauthorized')
    },
    { status: 500, body: FAILED },
  ],
]

describeAdapters('native contract', (adapter) => {
  for (const pace of PACES) {
    it.each(ALLOWING)(`the result %s allows the request (${pace})`, async (_, authorize) => {
      const guard = adapter.customAuthorizer(paced(pace, authorize))
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      expect((await service.send({})).status).toBe(200)
      expect(service.hits).toEqual(['GET /*'])
    })

    it.each(DENYING)(
      `SEC-103 the result %s is denied with its status, body and headers (${pace})`,
      async (_, authorize, { status, body, headers }) => {
        const guard = adapter.customAuthorizer(paced(pace, authorize as () => NativeAnswer), { logger: null })
        const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
        const response = await service.send({})
        expect([response.status, response.body]).toEqual([status, body])
        expect(response.header('Content-Length')).toBe(String(Buffer.byteLength(body)))
        const expected = { 'Content-Type': JSON_TYPE, 'Cache-Control': 'no-store', ...headers }
        for (const [name, value] of Object.entries(expected))
          expect([name, response.header(name)]).toEqual([name, value])
        if (status === 401 && headers === undefined) expect(response.header('WWW-Authenticate')).toBeUndefined()
        expect(response.lines.filter(([name]) => /^x-amz/i.test(name))).toEqual([])
        expect([service.hits, service.errors]).toEqual([[], []])
      },
    )
  }

  it('a missing or repeated identity source gets 401, and the function is not called', async () => {
    let calls = 0
    const authorize = (): boolean => {
      calls++
      return true
    }
    const contract = native({ identitySources: ['$request.header.x-key', '$request.querystring.k'] })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorize, { contract })],
      routes: [{ path: '*' }],
    })
    const key = ['X-Key', 'a'] as const
    const rejected = [
      { target: '/' },
      { target: '/?k=1' },
      { target: '/', headers: [key] },
      { target: '/?k=', headers: [key] },
      { target: '/?k=1&k=2', headers: [key] },
      { target: '/?k=1', headers: [key, key] },
      { target: '/?k=1', headers: [key, ...as('a'), ...as('b')] },
    ]
    for (const request of rejected) {
      const response = await service.send(request)
      expect([request, response.status, response.body]).toEqual([request, 401, UNAUTHORIZED])
    }
    expect(calls).toBe(0)
    expect((await service.send({ target: '/?k=1', headers: [key] })).status).toBe(200)
    expect(calls).toBe(1)
  })
})
