/** `redirect()`: callers without a session are sent to a login page, and only to places that the service lists. */
import { native, redirect, unauthorized } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const ORIGINS = ['https://login.example.com', 'http://localhost:8080']

describeAdapters('redirects', (adapter) => {
  const serve = (location: string, options: Parameters<typeof redirect>[1] = {}): ReturnType<typeof adapter.serve> =>
    adapter.serve({
      use: [
        adapter.customAuthorizer(() => redirect(location, options), {
          contract: native({ redirectOrigins: ORIGINS }),
          logger: null,
        }),
      ],
      routes: [{ path: '/pets' }],
    })

  it('SEC-126 redirect() sends 302 with Location, keeps caches out, and does not run the handler', async () => {
    const service = await serve('/login?next=%2Fpets', { headers: { 'Set-Cookie': ['next=/pets', 'seen=1'] } })
    const response = await service.send({ target: '/pets' })
    expect(response.status).toBe(302)
    expect(response.header('location')).toBe('/login?next=%2Fpets')
    expect(response.header('cache-control')).toBe('no-store')
    expect(response.values('set-cookie')).toEqual(['next=/pets', 'seen=1'])
    expect(service.hits).toEqual([])
  })

  it.each([303, 307] as const)('SEC-126 redirect() with status %i sends that status', async (status) => {
    const service = await serve('https://login.example.com/start', { status })
    const response = await service.send({ target: '/pets' })
    expect([response.status, response.header('location')]).toEqual([status, 'https://login.example.com/start'])
  })

  it.each([
    ['a protocol-relative URL', '//evil.example'],
    ['a backslash', '/\\evil.example'],
    ['another origin', 'https://evil.example/'],
    ['the origin as user information', 'https://login.example.com@evil.example/'],
    ['the origin as a prefix of the host', 'https://login.example.com.evil.example/'],
  ])('SEC-126 redirect() to %s is 500 without Location', async (_, location) => {
    const service = await serve(location)
    const response = await service.send({ target: '/pets' })
    expect([response.status, response.header('location')]).toEqual([500, undefined])
    expect(service.hits).toEqual([])
  })

  it('a session middleware keeps its cookie when the guard sets another one', async () => {
    const service = await adapter.serve({
      use: [
        adapter.earlyHeader('Set-Cookie', 'sid=1'),
        adapter.customAuthorizer(() => unauthorized({ headers: { 'Set-Cookie': ['a=1', 'b=2'] } })),
      ],
      routes: [{ path: '/pets' }],
    })
    const response = await service.send({ target: '/pets' })
    expect(response.status).toBe(401)
    expect(response.values('set-cookie')).toHaveLength(3)
    expect(new Set(response.values('set-cookie'))).toEqual(new Set(['sid=1', 'a=1', 'b=2']))
  })
})
