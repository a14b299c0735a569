/** Context headers: the client's own are removed from every view of the request, on every path. @module */
import { allow, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, it, onTestFinished } from 'vitest'
import { type Adapter, describeAdapters, type Service, type HandledRequest } from '../../support/adapters.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { as, paced, PACES, type Pace, allowAnyToken } from './callers.ts'

const MAP = { 'x-user-id': 'principalId', 'X-Role': 'context.role', 'x-tenant': 'context.tenant' }
/** Forged headers, in spellings that some backend treats as the reserved name. */
const FORGED = [
  ['X-User-Id', 'mallory'],
  ['x-user-id', 'mallory'],
  ['X_User_Id', 'mallory'],
  ['x-ROLE', 'mallory'],
  ['X-Tenant', 'mallory'],
] as const
const NAMES = ['x-user-id', 'x_user_id', 'x-role', 'x-tenant', 'x-kept']

/** Responds with all header views, after reading the body so that trailers are included. */
const show = async (request: HandledRequest): Promise<{ body: object }> => {
  await request.body()
  return { body: Object.fromEntries(NAMES.map((name) => [name, request.headerViews(name)])) }
}

const showAll = async (request: HandledRequest): Promise<{ body: object }> => {
  const { context, requestContext } = request.getAuthorizer()
  return { body: { views: (await show(request)).body, context, authorizer: requestContext.authorizer } }
}

const TRAILERS = 'X-Role: mallory\r\nX-Tenant: mallory\r\nX_User_Id: mallory\r\nX-Kept: yes'

type Views = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** The distinct values in the views of a header; trailers must be empty. */
const valuesIn = (views: Views, name: string): readonly (readonly string[])[] => {
  const { trailers, trailersDistinct, rawTrailers, ...rest } = views[name] ?? {}
  expect([trailers, trailersDistinct, rawTrailers]).toEqual([[], [], []])
  const distinct = new Set(Object.values(rest).map((values) => JSON.stringify(values)))
  return [...distinct].map((text) => JSON.parse(text) as readonly string[])
}

const ann = (pace: Pace = 'sync') => paced(pace, () => allow({ principalId: 'ann', context: { role: 'admin' } }))

const serve = (adapter: Adapter, authorize: (...args: never[]) => unknown, options: object): Promise<Service> =>
  adapter.serve({ use: [adapter.customAuthorizer(authorize, options)], routes: [{ path: '*', handle: show }] })

describeAdapters('context headers', (adapter) => {
  it.each(PACES)(
    'SEC-17 SEC-18 SEC-19 SEC-20 every header view shows only the values of the authorizer (%s)',
    async (pace) => {
      const service = await serve(adapter, ann(pace), { contextHeaders: MAP })
      const response = await service.send({ headers: [...FORGED, ['X-Kept', 'yes']] })
      const views = JSON.parse(response.body) as Views
      expect(response.body).not.toContain('mallory')
      expect(valuesIn(views, 'x-user-id')).toEqual([['ann']])
      expect(valuesIn(views, 'x-role')).toEqual([['admin']])
      // The authorizer returned no tenant.
      expect(valuesIn(views, 'x-tenant')).toEqual([[]])
      expect(valuesIn(views, 'x-kept')).toEqual([['yes']])
    },
  )

  it.each([
    ['contextHeaders', { contextHeaders: MAP }],
    [
      'parameterMapping',
      {
        parameterMapping: aws.parameterMapping({
          'overwrite:header.x-user-id': '$context.authorizer.principalId',
          'overwrite:header.x-role': '$context.authorizer.role',
        }),
      },
    ],
  ])(
    'AWS-OUT-13 SEC-17 a null context value reaches the handler as null and sets no header (%s)',
    async (_, options) => {
      const policyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
      const authorize = async (): Promise<object> => ({ principalId: 'ann', policyDocument, context: { role: null } })
      const guard = adapter.customAuthorizer(authorize, { contract: aws.token(), ...options })
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*', handle: showAll }] })
      const response = await service.send({ headers: [['Authorization', 't'], ...FORGED] })
      const { views, context, authorizer } = JSON.parse(response.body) as {
        views: Views
        context: object
        authorizer: object
      }
      expect(context).toStrictEqual({ role: null })
      expect(authorizer).toMatchObject({ principalId: 'ann', role: null })
      expect(valuesIn(views, 'x-role')).toEqual([[]])
    },
  )

  it('SEC-17 SEC-19 with a prefix, every client header that begins with it is removed', async () => {
    const names = ['x-authz-principal-id', 'x-authz-ctx-role', 'x-authz-ctx-tenant', 'x-authz-other', 'x_authz_other']
    const guard = adapter.customAuthorizer(ann(), { contextHeaders: 'x-authz-' })
    const service = await adapter.serve({
      use: [guard],
      routes: [
        {
          path: '*',
          handle: (request) => ({ body: Object.fromEntries(names.map((name) => [name, request.headerViews(name)])) }),
        },
      ],
    })
    const response = await service.send({
      headers: names.map((name) => [name.replace(/^x/, 'X'), 'mallory'] as const),
    })
    expect(response.body).not.toContain('mallory')
    const views = JSON.parse(response.body) as Views
    expect(names.map((name) => valuesIn(views, name))).toEqual([[['ann']], [['admin']], [[]], [[]], [[]]])
  })

  const PATHS = [
    ['a skipped path', { target: '/public/hello' }, { skip: ['/public/*'] }],
    [
      'a skipped preflight',
      {
        method: 'OPTIONS',
        target: '/',
        headers: [
          ['Origin', 'https://app.example'],
          ['Access-Control-Request-Method', 'GET'],
        ],
      },
      { preflight: 'skip' },
    ],
  ] as const
  it.each(PATHS)('SEC-17 SEC-19 on %s forged headers are removed', async (_, request, options) => {
    const service = await serve(adapter, () => false, { contextHeaders: MAP, ...options })
    const headers = 'headers' in request ? request.headers : []
    const response = await service.send({ ...request, headers: [...headers, ...FORGED, ['X-Kept', 'yes']] })
    expect(response.status).toBe(200)
    expect(response.body).not.toContain('mallory')
    const views = JSON.parse(response.body) as Views
    expect(NAMES.map((name) => valuesIn(views, name))).toEqual([[[]], [[]], [[]], [[]], [['yes']]])
  })

  it('SEC-17 a forged header cannot serve as an identity source', async () => {
    const service = await serve(adapter, () => true, {
      contract: native({ identitySources: ['$request.header.x-user-id'] }),
      contextHeaders: MAP,
    })
    expect((await service.send({ headers: [['X-User-Id', 'mallory']] })).status).toBe(401)
    expect(service.hits).toEqual([])
  })

  it('SEC-17 the authorizer itself does not see the forged headers', async () => {
    const seen: unknown[] = []
    const authorize = (request: { headers: unknown }): boolean => {
      seen.push(request.headers)
      return true
    }
    const service = await serve(adapter, authorize, { contextHeaders: MAP })
    expect((await service.send({ headers: FORGED })).status).toBe(200)
    expect(seen).toHaveLength(1)
    expect(JSON.stringify(seen)).not.toContain('mallory')
  })

  it.each(['by the handler', 'before the guard'])(
    'SEC-25 trailers with reserved names are removed when the body is read %s',
    async (when) => {
      const guard = adapter.customAuthorizer(ann(), { contextHeaders: MAP })
      const use = when === 'by the handler' ? [guard] : [adapter.bodyParser(), guard]
      const service = await adapter.serve({ use, routes: [{ path: '*', handle: show }] })
      const connection = await RawConnection.open(service.port)
      onTestFinished(() => connection.close())
      const framing = 'Transfer-Encoding: chunked\r\nTrailer: X-Role, X-Kept\r\nConnection: close'
      connection.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n3\r\nabc\r\n0\r\n${TRAILERS}\r\n\r\n`)
      const response = await connection.read('POST')
      expect(response.status).toBe(200)
      expect(response.body).not.toContain('mallory')
      const { 'x-role': role, 'x-kept': otherHeader } = JSON.parse(response.body) as Views
      expect([role?.['rawHeaders'], otherHeader?.['rawTrailers']]).toEqual([['admin'], ['yes']])
    },
  )

  it('SEC-25 SEC-97 trailers with reserved names do not affect a denial', async () => {
    const service = await serve(adapter, () => false, { contextHeaders: MAP })
    const connection = await RawConnection.open(service.port)
    onTestFinished(() => connection.close())
    const request = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${TRAILERS}\r\n\r\n`
    connection.write(request)
    expect((await connection.read('POST')).status).toBe(403)
    expect((await service.send({})).status).toBe(403)
  })

  const VALUES = [
    ['Zoë', 'Zo%C3%AB'],
    ['100% sure', '100%25 sure'],
    ['a,b; c="d"', 'a,b; c="d"'],
    ['日本', '%E6%97%A5%E6%9C%AC'],
  ] as const
  it.each(VALUES)('SEC-21 the principal ID %s becomes the header value %s', async (principalId, expected) => {
    const service = await serve(adapter, () => allow({ principalId }), { contextHeaders: MAP })
    const response = await service.send({})
    expect(valuesIn(JSON.parse(response.body) as Views, 'x-user-id')).toEqual([[expected]])
  })

  const BREAKING = ['a\r\nx-admin: 1', 'a\u0000b', 'tab\there', '\ud800', 'x'.repeat(4097)]
  it.each(PACES)('SEC-21 a value with a line break gives 500 (%s)', async (pace) => {
    for (const role of BREAKING) {
      const service = await serve(
        adapter,
        paced(pace, () => allow({ principalId: 'ann', context: { role } })),
        {
          contextHeaders: MAP,
          logger: null,
        },
      )
      const response = await service.send({ headers: FORGED })
      expect([role, response.status, response.body]).toEqual([role, 500, '{"message":"Internal Server Error"}'])
      expect([service.hits, service.errors]).toEqual([[], []])
    }
  })

  it('SEC-22 two context keys that map to one header name give 500', async () => {
    const service = await serve(adapter, () => allow({ context: { 'a-b': '1', a_b: '2' } }), {
      contextHeaders: 'x-authz-',
      logger: null,
    })
    expect((await service.send({})).status).toBe(500)
    expect(service.hits).toEqual([])
  })

  it('SEC-20 of two guards that set one header, the later one wins', async () => {
    const options = { contextHeaders: { 'x-user-id': 'principalId', 'x-role': 'context.role' } }
    const first = adapter.customAuthorizer(ann(), options)
    const second = adapter.customAuthorizer(() => allow({ principalId: 'bob' }), options)
    const service = await adapter.serve({ use: [first, second], routes: [{ path: '*', handle: show }] })
    const views = JSON.parse((await service.send({ headers: FORGED.slice(0, 1) })).body) as Views
    expect([valuesIn(views, 'x-user-id'), valuesIn(views, 'x-role')]).toEqual([[['bob']], [[]]])
  })

  it('SEC-116 the second request on a connection has no header of the first', async () => {
    const options = { contextHeaders: MAP, skip: ['/public'] }
    const service = await serve(adapter, allowAnyToken, options)
    const connection = await RawConnection.open(service.port)
    onTestFinished(() => connection.close())
    connection.write('GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: ann\r\n\r\n')
    const first = JSON.parse((await connection.read()).body) as Views
    connection.write('GET /public HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const second = JSON.parse((await connection.read()).body) as Views
    const third = await connection.read()
    expect([valuesIn(first, 'x-user-id'), valuesIn(second, 'x-user-id')]).toEqual([[['ann']], [[]]])
    expect(third.status).toBe(401)
  })

  it('without contextHeaders the headers of the client are unchanged', async () => {
    const service = await serve(adapter, ann(), {})
    const views = JSON.parse((await service.send({ headers: [...as('t'), ['X-Role', 'mine']] })).body) as Views
    expect(valuesIn(views, 'x-role')).toEqual([['mine']])
  })
})
