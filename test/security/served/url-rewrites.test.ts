/** Middleware that rewrites URLs: the decision covers the routed path and the received path (SEC-12). */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { allow, type GatewayRequest } from '@custom-authorizer/core'
import { customAuthorizer as nodeAuthorizer, getAuthorizer as authorizerOf } from '@custom-authorizer/core/node'
import { customAuthorizer as expressAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/express'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import connect from 'connect'
import history from 'connect-history-api-fallback'
import express from 'express'
import express4 from 'express4'
import urlRewrite from 'express-urlrewrite'
import Koa, { type Middleware } from 'koa'
import rewrite from 'koa-rewrite'
import Koa2 from 'koa2'
import { describe, expect, test } from 'vitest'
import { contract, get, handler, serve } from './applications.ts'

const LEGACY = /^\/legacy/

/** An application with `/pets` and `/admin/secret`, and the paths that its native authorizer received. */
interface Built {
  readonly listener: RequestListener
  readonly seen: string[]
}

/** A native authorizer that records requests and allows everything. */
const recorder = (seen: string[]) => (request: GatewayRequest) => {
  seen.push(`${request.path} ${request.received?.path ?? 'same'}`)
  return allow({ context: { path: request.path } })
}

type Rewriting = 'assignment' | 'library'

const expressRewriting =
  (library: typeof express) =>
  (how: Rewriting, policies: boolean): Built => {
    const seen: string[] = []
    const app = library()
    if (how === 'library') app.use(urlRewrite('/legacy/*', '/$1'))
    else
      app.use((request, _response, next) => {
        request.url = request.url.replace(LEGACY, '')
        next()
      })
    app.use(policies ? expressAuthorizer(handler, { contract }) : expressAuthorizer(recorder(seen)))
    app.get('/pets', (request, response) => {
      response.end(`pets ${JSON.stringify(getAuthorizer(request).context)}`)
    })
    app.get('/admin/secret', (_request, response) => {
      response.end('secret')
    })
    return { listener: app, seen }
  }

const assign: Middleware = (ctx, next) => {
  ctx.path = ctx.path.replace(LEGACY, '')
  return next()
}

const koaRewriting =
  (Library: typeof Koa) =>
  (how: Rewriting, policies: boolean): Built => {
    const seen: string[] = []
    const app = new Library()
    app.silent = true
    app.use(how === 'library' ? rewrite(/^\/legacy\/(.*)/, '/$1') : assign)
    app.use(policies ? koaAuthorizer(handler, { contract }) : koaAuthorizer(recorder(seen)))
    app.use((ctx) => {
      if (ctx.path === '/pets') ctx.body = 'pets {}'
      if (ctx.path === '/admin/secret') ctx.body = 'secret'
    })
    const listener = app.callback()
    return { listener: (request, response) => void listener(request, response), seen }
  }

const APPLICATIONS: readonly [name: string, build: (how: Rewriting, policies: boolean) => Built][] = [
  ['Express 5', expressRewriting(express)],
  ['Express 4', expressRewriting(express4)],
  ['Koa 3', koaRewriting(Koa)],
  ['Koa 2', koaRewriting(Koa2)],
]

describe.each(APPLICATIONS)('%s', (_, build) => {
  test.each<Rewriting>(['assignment', 'library'])(
    'SEC-12 a rewrite by %s before the guard does not serve a path that the policy denies',
    async (how) => {
      const port = await serve(build(how, true).listener)
      expect((await get(port, '/legacy/admin/secret', 'no-admin')).status).toBe(403)
      expect((await get(port, '/admin/secret', 'no-admin')).status).toBe(403)
      expect((await get(port, '/legacy/admin/secret', 'no-admin', 'HEAD')).status).toBe(403)
    },
  )

  test.each<Rewriting>(['assignment', 'library'])(
    'SEC-12 a policy must allow both paths of a rewrite by %s',
    async (how) => {
      const port = await serve(build(how, true).listener)
      // This policy allows only /pets.
      expect((await get(port, '/pets', 'pets')).status).toBe(200)
      expect((await get(port, '/legacy/pets', 'pets')).status).toBe(403)
      expect((await get(port, '/legacy/pets', 'all')).status).toBe(200)
    },
  )

  test('SEC-12 a native authorizer gets the routed path and the received path', async () => {
    const { listener, seen } = build('assignment', false)
    const port = await serve(listener)
    expect((await get(port, '/legacy/pets?x=1')).status).toBe(200)
    expect((await get(port, '/pets?x=1')).status).toBe(200)
    expect(seen).toEqual(['/pets /legacy/pets', '/pets same'])
  })
})

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_, library) => {
  test('SEC-12 an internal redirect to a denied path is denied', async () => {
    const app = library()
    app.use(expressAuthorizer(handler, { contract }))
    app.get('/start', (request, response, next) => {
      request.url = '/admin/secret'
      ;(app as unknown as { handle(...args: unknown[]): void }).handle(request, response, next)
    })
    app.get('/admin/secret', (_request, response) => {
      response.end('secret')
    })
    const port = await serve(app)
    expect((await get(port, '/start', 'no-admin')).status).toBe(403)
    expect((await get(port, '/start', 'all')).body).toBe('secret')
  })

  test('SEC-12 connect-history-api-fallback does not serve a denied page', async () => {
    const app = library()
    app.use(history({ index: '/admin/index.html', verbose: false }))
    app.use(expressAuthorizer(handler, { contract }))
    app.use((request, response) => {
      response.end(request.url)
    })
    const port = await serve(app)
    const browse = async (token: string): Promise<number> => {
      const { sendRequest } = await import('../../support/raw-client.ts')
      const headers = [
        ['Authorization', token],
        ['Accept', 'text/html'],
      ] as const
      return (await sendRequest(port, { target: '/anywhere', headers })).status
    }
    expect(await browse('no-admin')).toBe(403)
    expect(await browse('all')).toBe(200)
  })

  test('SEC-12 SEC-13 a rewritten path is skipped only if both paths are', async () => {
    const app = library()
    app.use((request, _response, next) => {
      request.url = request.url.replace(/^\/(?:open|old)/, '/public')
      next()
    })
    app.use(expressAuthorizer(handler, { contract, skip: ['/public/*', '/open/*'] }))
    app.use((_request, response) => {
      response.end('served')
    })
    const port = await serve(app)
    expect((await get(port, '/open/a')).status).toBe(200)
    expect((await get(port, '/old/a')).status).toBe(401)
  })

  test('SEC-14 after a rewrite behind the guard, getAuthorizer throws and requireContext rejects', async () => {
    const app = library()
    const reached: string[] = []
    app.use(expressAuthorizer(recorder([]), { logger: null }))
    app.use((request, _response, next) => {
      // The end of the decided path, as a mounted router receives it.
      request.url = request.url.replace('/public/admin', '/admin')
      next()
    })
    app.get('/admin', requireContext({ path: '/public/admin' }), (_request, response) => {
      reached.push('admin')
      response.end('admin')
    })
    const port = await serve(app)
    expect((await get(port, '/public/admin')).status).toBe(500)
    expect(reached).toEqual([])
  })

  test('SEC-12 nested routers are mounts, not rewrites, with and without a slash at the end', async () => {
    const seen: string[] = []
    const app = library()
    const outer = library.Router()
    const inner = library.Router()
    inner.use(expressAuthorizer(recorder(seen)))
    inner.get('/', (request, response) => {
      response.end(getAuthorizer(request).principalId)
    })
    inner.get('/pets', (request, response) => {
      response.end(getAuthorizer(request).principalId)
    })
    outer.use('/v1', inner)
    app.use('/api', outer)
    const port = await serve(app)
    for (const target of ['/api/v1', '/api/v1/', '/api/v1?x=1', '/api/v1/pets', 'http://service.test/api/v1/pets']) {
      expect([target, (await get(port, target)).status]).toEqual([target, 200])
    }
    expect(seen).toEqual(['/api/v1 same', '/api/v1/ same', '/api/v1 same', '/api/v1/pets same', '/api/v1/pets same'])
  })

  test('SEC-12 a rewrite inside a mounted router changes only the end of the path', async () => {
    const seen: string[] = []
    const app = library()
    const router = library.Router()
    router.use((request, _response, next) => {
      request.url = request.url.replace(LEGACY, '')
      next()
    })
    router.use(expressAuthorizer(recorder(seen)))
    router.get('/pets', (_request, response) => {
      response.end('pets')
    })
    app.use('/api', router)
    const port = await serve(app)
    expect((await get(port, '/api/legacy/pets')).status).toBe(200)
    expect(seen).toEqual(['/api/pets /api/legacy/pets'])
  })
})

test.each(['newRouterPath', 'routerPath'])(
  'SEC-12 the decision covers a path that middleware sets in ctx.%s',
  async (member) => {
    const app = new Koa()
    app.silent = true
    app.use((ctx, next) => {
      if (ctx.path === '/start') ctx[member] = '/admin/secret'
      return next()
    })
    app.use(koaAuthorizer(handler, { contract }))
    app.use((ctx) => {
      ctx.body = 'served'
    })
    const listener = app.callback()
    const port = await serve((request, response) => void listener(request, response))
    expect((await get(port, '/start', 'no-admin')).status).toBe(403)
    expect((await get(port, '/start?x=1', 'all')).status).toBe(200)
  },
)

test('SEC-12 Connect does not report mounts: requests below one are rejected until mountPath states it', async () => {
  const lines: string[] = []
  const seen: string[] = []
  const build = (options: object): RequestListener =>
    connect()
      .use(
        '/api',
        nodeAuthorizer(recorder(seen), {
          logger: { warn: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) },
          ...options,
        }),
      )
      .use('/api', ((_request, response) => {
        response.end('served')
      }) as connect.NextHandleFunction)
  const without = await serve(build({}))
  expect((await get(without, '/api/pets')).status).toBe(400)
  expect((await get(without, '/api/pets')).status).toBe(400)
  expect(lines.filter((line) => line.includes('mountPath'))).toHaveLength(1)
  const stated = await serve(build({ mountPath: '/api' }))
  for (const target of ['/api/pets', '/API/pets', '/api', '/api/']) {
    expect([target, (await get(stated, target)).status]).toEqual([target, 200])
  }
  expect(seen).toEqual(['/api/pets same', '/API/pets same', '/api same', '/api/ same'])
})

test('SEC-12 both paths of a rewrite below a stated mount of Connect are decided', async () => {
  const build = connect()
    .use('/api', ((request, _response, next) => {
      request.url = request.url?.replace(LEGACY, '')
      next()
    }) as connect.NextHandleFunction)
    .use('/', nodeAuthorizer(handler, { contract, mountPath: '/api' }) as connect.NextHandleFunction)
    .use(((request, response) => {
      response.end(request.url)
    }) as connect.NextHandleFunction)
  const port = await serve(build)
  expect((await get(port, '/admin/secret', 'no-admin')).status).toBe(403)
  expect((await get(port, '/pets', 'no-admin')).status).toBe(200)
})

test.each([
  ['below the mount', '/api', '/api/pets', ['/api']],
  ['below a mount with a parameter', '/t/:tenant', '/t/7/pets', ['/t/:tenant']],
])('SEC-14 mountedPaths lets getAuthorizer know a request %s of Connect', async (_, path, target, mountedPaths) => {
  const build = (options: object): RequestListener =>
    connect()
      .use(nodeAuthorizer(recorder([]), options))
      .use(path.replace(':tenant', '7'), (request: IncomingMessage, response: ServerResponse) => {
        try {
          response.end(JSON.stringify(authorizerOf(request).context))
        } catch {
          response.end('unknown')
        }
      })
  expect((await get(await serve(build({})), target)).body).toBe('unknown')
  expect((await get(await serve(build({ mountedPaths })), target)).body).toBe(JSON.stringify({ path: target }))
})
