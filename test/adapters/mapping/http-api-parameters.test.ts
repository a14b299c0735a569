/** Parameter mapping of HTTP APIs, on every adapter. */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { type Adapter, describeAdapters, type Service, type HandledRequest } from '../../support/adapters.ts'
import type { HandlerResponse } from '../../support/applications/plan.ts'
import type { RawRequest } from '../../support/raw-client.ts'

interface Seen {
  readonly target: string
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly principalId: string | null
}

const CONTEXT = { user: 'abc', number: 7, yes: true, odd: 'a b&c=d;e', name: 'Zoë', list: [1], line: 'a\r\nx-admin: 1' }

const handler: AnyFunction = () => Promise.resolve({ isAuthorized: true, context: CONTEXT })

const HEADERS = ['test', 'x-user', 'x-other', 'user-agent']

const principalOf = (request: HandledRequest): string | null => {
  try {
    return request.getAuthorizer().principalId
  } catch {
    return null
  }
}

/** Responds with the request as the handler sees it; the principal ID is null without a result. */
const look = (request: HandledRequest): HandlerResponse => {
  const { target, query } = request
  const headers = Object.fromEntries(HEADERS.map((name) => [name, request.headerViews(name)]))
  return { body: { target, query, headers, principalId: principalOf(request) } }
}

interface Parts {
  readonly route?: { readonly method?: string }
  readonly mount?: object
  readonly options?: aws.ParameterMappingOptions
}

const serve = (
  adapter: Adapter,
  parameters: aws.RequestParameters,
  { route = {}, mount = {}, options = {} }: Parts = {},
): Promise<Service> =>
  adapter.serve({
    use: [
      adapter.customAuthorizer(handler, {
        contract: aws.httpApi({ enableSimpleResponses: true }),
        parameterMapping: aws.parameterMapping(parameters, options),
        logger: null,
        ...mount,
      }),
    ],
    routes: [{ path: '*', ...route, handle: look }],
  })

const send = async (service: Service, request: RawRequest): Promise<Seen> => {
  const response = await service.send(request)
  expect(response.status, response.body).toBe(200)
  return JSON.parse(response.body) as Seen
}

/** The value in all views that have the header; fails if two views differ. */
const shown = (seen: Seen, name: string): string | undefined => {
  const views = Object.values(seen.headers[name] ?? {}).filter((each) => each.length > 0)
  const texts = new Set(views.map((each) => each.join(', ')))
  expect(texts.size, JSON.stringify(seen.headers[name])).toBeLessThanOrEqual(1)
  return [...texts][0]
}

describeAdapters('parameter mapping', (adapter) => {
  test.each([
    ['$context.authorizer.user', 'abc'],
    ['$context.authorizer.number', '7'],
    ['$context.authorizer.yes', 'true'],
    ['$context.authorizer.name', 'Zo%C3%AB'],
    ['$context.authorizer.absent', undefined],
    ['$context.stage', '$default'],
    ['$context.httpMethod', 'POST'],
    ['$stageVariables.color', 'blue'],
    ['$stageVariables.absent', undefined],
    ['$request.header.X-Other', 'from client'],
    ['$request.querystring.q', '1,2'],
    ['$request.path', '/pets/7'],
    ['$request.path.id', '7'],
    ['text', 'text'],
    ['${context.authorizer.user}-${$request.path.id}-${context.authorizer.absent}!', 'abc-7-!'],
  ])('AWS-CTX-26, 28 the mapping value %s becomes %j', async (value, expected) => {
    const service = await serve(
      adapter,
      { 'overwrite:header.test': value },
      {
        options: { stageVariables: { color: 'blue' }, routes: ['POST /pets/{id}'] },
        route: { method: 'POST' },
      },
    )
    const seen = await send(service, {
      method: 'POST',
      target: '/pets/7?q=1&q=2',
      headers: [
        ['Test', 'forged'],
        ['X-Other', 'from client'],
      ],
      body: '',
    })
    expect(shown(seen, 'test')).toBe(expected)
  })

  test('AWS-CTX-27, 31 headers are appended, overwritten and removed', async () => {
    const service = await serve(adapter, {
      'append:header.x-other': '$context.authorizer.user',
      'overwrite:header.X-User': '$context.authorizer.user',
      'remove:header.test': '',
    })
    const headers: RawRequest['headers'] = [
      ['x-other', 'mine'],
      ['x-user', 'forged'],
      ['X_User', 'forged'],
      ['TEST', 'gone'],
    ]
    const seen = await send(service, { target: '/', headers })
    expect([shown(seen, 'x-other'), shown(seen, 'x-user'), shown(seen, 'test')]).toEqual([
      'mine, abc',
      'abc',
      undefined,
    ])
  })

  test('AWS-CTX-27 AWS-CTX-31 SEC-22 query parameters are appended, overwritten and removed', async () => {
    const service = await serve(adapter, {
      'append:querystring.a': '$context.authorizer.odd',
      'overwrite:querystring.user': '$context.authorizer.user',
      'remove:querystring.secret': '',
    })
    const seen = await send(service, { target: '/x?user=evil&%75ser=evil&user[]=evil&keep=1&secret=2&a=0' })
    expect(seen.target).toBe('/x?keep=1&a=0&a=a%20b%26c%3Dd%3Be&user=abc')
    expect(seen.query).toMatchObject({ user: 'abc', keep: '1' })
    expect(seen.query).not.toHaveProperty('secret')
    expect(JSON.stringify(seen.query)).not.toContain('evil')
  })

  test('AWS-CTX-27 the handler sees the overwritten path, and the decision is for the original path', async () => {
    const service = await serve(adapter, { 'overwrite:path': '/v2/${context.authorizer.user}${request.path}' })
    const seen = await send(service, { target: '/pets/7?q=1' })
    expect([seen.target, seen.principalId]).toEqual(['/v2/abc/pets/7?q=1', ''])
  })

  test.each(['a/../b', '..', 'a//b', 'a\\b', '%zz'])(
    'SEC-04, 14 a mapped path that %j makes ambiguous is not served',
    async (x) => {
      const service = await serve(adapter, { 'overwrite:path': '/v2/${request.header.x}/${request.path}' })
      const response = await service.send({ target: '/pets', headers: [['x', x]] })
      expect([response.status, service.hits]).toEqual([500, []])
    },
  )

  test('SEC-14 a context value cannot add a path segment', async () => {
    const service = await serve(adapter, { 'overwrite:path': '/users/${request.header.x}' })
    expect(await send(service, { target: '/pets', headers: [['x', 'a/b?c#d;e%2F']] })).toMatchObject({
      target: '/users/a%2Fb%3Fc%23d%3Be%252F',
    })
  })

  test.each([
    ['SEC-21', { 'overwrite:header.test': '$context.authorizer.line' }],
    ['AWS-CTX-26', { 'overwrite:header.test': '$context.authorizer.list' }],
    ['AWS-CTX-26', { 'overwrite:querystring.test': '$context.authorizer.list' }],
    ['AWS-CTX-27', { 'overwrite:path': '/${context.authorizer.list}' }],
    ['AWS-CTX-27', { 'overwrite:path': '/v/${context.authorizer.absent}' }],
  ])('%s a value that cannot be mapped gives 500: %j', async (_, parameters) => {
    const service = await serve(adapter, parameters)
    const response = await service.send({ target: '/pets' })
    expect([response.status, response.body, service.hits]).toEqual([500, '{"message":"Internal Server Error"}', []])
  })

  test('AWS-CTX-41, SEC-17 on a skipped path no parameter is set, and those sent by the client are removed', async () => {
    const service = await serve(
      adapter,
      {
        'overwrite:header.x-user': 'static',
        'overwrite:querystring.user': 'static',
        'append:header.x-other': 'static',
        'overwrite:path': '/other',
      },
      { mount: { skip: ['/public'] } },
    )
    const headers: RawRequest['headers'] = [['x-user', 'forged']]
    const seen = await send(service, { target: '/public?user=forged&q=1', headers })
    expect([seen.target, seen.query, shown(seen, 'x-user'), shown(seen, 'x-other')]).toEqual([
      '/public?q=1',
      { q: '1' },
      undefined,
      undefined,
    ])
  })
})
