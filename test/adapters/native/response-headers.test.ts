/** `allow({ responseHeaders })`: an authorizer that adds headers to the handler's response, such as a renewed session. */
import { allow, allOf, createAuthorizer, deny, native, redirect } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import type { RawRequest } from '../../support/raw-client.ts'

const SOURCES = { identitySources: ['$request.header.authorization'], resultTtlSeconds: 60 } as const

const by = (caller: string): RawRequest => ({ target: '/pets', headers: [['Authorization', caller]] })

const member = (name: string): ReturnType<typeof createAuthorizer> =>
  createAuthorizer({
    authorize: () => allow({ responseHeaders: { [`X-${name}`]: '1', 'Set-Cookie': `${name}=1` } }),
  })

describeAdapters('response headers of an authorizer', (adapter) => {
  it('adds cookies and headers to the response of the handler, which may replace headers', async () => {
    const guard = adapter.customAuthorizer(() =>
      allow({ responseHeaders: { 'Set-Cookie': ['sid=2; HttpOnly', 'seen=1'], 'X-Tier': 'gold', 'X-Kept': 'guard' } }),
    )
    const service = await adapter.serve({
      use: [guard],
      routes: [
        { path: '/pets', handle: () => ({ body: 'ok', headers: { 'X-Tier': 'handler' } }) },
        { path: '/plain', handle: () => ({ body: 'ok' }) },
      ],
    })
    const response = await service.send({ target: '/pets' })
    expect(response.values('set-cookie')).toEqual(['sid=2; HttpOnly', 'seen=1'])
    expect([response.header('x-tier'), response.header('x-kept')]).toEqual(['handler', 'guard'])
    expect((await service.send({ target: '/plain' })).header('x-tier')).toBe('gold')
  })

  it('adds to the cookies that the handler and other middleware set', async () => {
    const service = await adapter.serve({
      use: [
        adapter.earlyHeader('Set-Cookie', 'early=1'),
        adapter.customAuthorizer(() => allow({ responseHeaders: { 'Set-Cookie': 'sid=2' } })),
      ],
      routes: [{ path: '/pets', handle: () => ({ body: 'ok' }) }],
    })
    const cookies = (await service.send({ target: '/pets' })).values('set-cookie')
    expect(new Set(cookies)).toEqual(new Set(['early=1', 'sid=2']))
  })

  it('SEC-127 a result with Set-Cookie is not cached, so each response has a cookie of its own', async () => {
    let calls = 0
    const guard = adapter.customAuthorizer(() => allow({ responseHeaders: { 'Set-Cookie': `sid=${++calls}` } }), {
      contract: native(SOURCES),
      logger: null,
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const request = by('alice')
    const first = await service.send(request)
    const second = await service.send(request)
    expect([first.values('set-cookie'), second.values('set-cookie')]).toEqual([['sid=1'], ['sid=2']])
  })

  it('SEC-127 concurrent requests of one identity get cookies of their own', async () => {
    let calls = 0
    const guard = adapter.customAuthorizer(
      async () => {
        const own = ++calls
        await flushMicrotasks()
        return own % 3 === 0
          ? redirect('/login', { headers: { 'Set-Cookie': `state=${own}` } })
          : allow({ principalId: `visitor ${own}`, responseHeaders: { 'Set-Cookie': `sid=${own}` } })
      },
      { contract: native(SOURCES), logger: null },
    )
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const responses = await Promise.all(Array.from({ length: 6 }, () => service.send(by('kiosk'))))
    expect(new Set(responses.flatMap((each) => each.values('set-cookie')))).toHaveProperty('size', 6)
    expect(calls).toBe(6)
  })

  it('SEC-127 headers other than Set-Cookie are cached with the result and sent to the same caller only', async () => {
    const callers: (string | undefined)[] = []
    const guard = adapter.customAuthorizer(
      (request: { header(name: string): string | undefined }) => {
        const caller = request.header('authorization')
        callers.push(caller)
        return allow({ responseHeaders: { 'X-Caller': String(caller) } })
      },
      { contract: native(SOURCES) },
    )
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const caller = async (token: string): Promise<string | undefined> =>
      (await service.send(by(token))).header('x-caller')
    expect([await caller('alice'), await caller('bob'), await caller('alice'), await caller('bob')]).toEqual([
      'alice',
      'bob',
      'alice',
      'bob',
    ])
    expect(callers).toEqual(['alice', 'bob'])
  })

  it('allOf adds the headers of all members, and none if one of them denies', async () => {
    const denying = createAuthorizer({ authorize: () => deny() })
    const service = await adapter.serve({
      routes: [
        { path: '/both', use: [adapter.customAuthorizer(allOf(member('a'), member('b')) as never)] },
        { path: '/denied', use: [adapter.customAuthorizer(allOf(member('a'), denying) as never)] },
      ],
    })
    const both = await service.send({ target: '/both' })
    expect([both.header('x-a'), both.header('x-b'), both.values('set-cookie')]).toEqual(['1', '1', ['a=1', 'b=1']])
    const denied = await service.send({ target: '/denied' })
    expect([denied.status, denied.values('set-cookie'), denied.header('x-a')]).toEqual([403, [], undefined])
  })

  it.each([
    ['a line break', { 'Set-Cookie': 'a=1\r\nX-Injected: 1' }],
    ['a header that describes the body', { 'Content-Type': 'text/html' }],
    ['a header that frames the message', { 'Transfer-Encoding': 'chunked' }],
    ['an array in an array', { 'Set-Cookie': [['a=1']] }],
  ])('SEC-21 responseHeaders with %s are 500, and the handler does not run', async (_, responseHeaders) => {
    const guard = adapter.customAuthorizer(() => ({ isAuthorized: true, responseHeaders }), { logger: null })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const response = await service.send({ target: '/pets' })
    expect([response.status, response.header('x-injected'), service.hits]).toEqual([500, undefined, []])
  })
})
