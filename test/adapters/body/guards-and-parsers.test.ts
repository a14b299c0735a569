/** Body parsers before and after the guard, several guards, and guards that also change the request. */
import { allOf, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { onIncoming } from './middleware.ts'
import { bytesOf, FRAMINGS, post, digestOf } from './payload.ts'

const BODY = bytesOf(100_003)
const DIGEST = digestOf(BODY)

const from = (name: string, location: 'HEADER' | 'QUERY' | 'PATH'): huawei.BackendParameter => ({
  name,
  location,
  origin: 'SYSTEM',
  value: '$context.authorizer.frontend.user',
})

describeAdapters('a guard that reads the body', (adapter) => {
  expectNothingUncaught()
  const isHono = adapter.name === 'Hono'

  it.each(FRAMINGS)(
    'SEC-97 with a parser before the guard the request is rejected, unless the framework caches the body (%s)',
    async (framing) => {
      const recorder = new BodyRecorder()
      const service = await serve(
        adapter,
        adapter.bodyParser(),
        recorder.guard(adapter, { authDowngradeEnabled: true }),
      )
      const response = await service.send(post(BODY, framing))
      if (isHono) expect([response.status, response.body, recorder.seen]).toEqual([200, DIGEST, [DIGEST]])
      else {
        expect([response.status, JSON.parse(response.body)]).toMatchObject([500, { error_code: 'APIG.0601' }])
        expect([recorder.seen, service.hits]).toEqual([[], []])
      }
    },
  )

  it('HW-CFG-12 a parser after the guard gets the body', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter), adapter.bodyParser())
    expect([(await service.send(post(BODY))).body, recorder.seen]).toEqual([DIGEST, [DIGEST]])
  })

  it.each(FRAMINGS)('HW-CFG-12 two guards both get the body (%s)', async (framing) => {
    const watchers = [new BodyRecorder(), new BodyRecorder()] as const
    const service = await serve(adapter, ...watchers.map((each) => each.guard(adapter)))
    const response = await service.send(post(BODY, framing))
    expect([response.status, response.body, ...watchers.map(({ seen }) => seen)]).toEqual([
      200,
      DIGEST,
      [DIGEST],
      [DIGEST],
    ])
  })

  it('HW-CFG-12 a guard of the application and one of the route both get the body', async () => {
    const watchers = [new BodyRecorder(), new BodyRecorder()] as const
    const service = await adapter.serve({
      use: [watchers[0].guard(adapter)],
      routes: [
        {
          method: 'POST',
          path: '/upload',
          use: [watchers[1].guard(adapter)],
          handle: async (request) => ({ body: digestOf(await request.body()) }),
        },
      ],
    })
    const response = await service.send(post(BODY))
    expect([response.status, response.body, ...watchers.map(({ seen }) => seen)]).toEqual([
      200,
      DIGEST,
      [DIGEST],
      [DIGEST],
    ])
  })

  it('HW-CFG-12 several authorizers of one guard share one read of the body', async () => {
    const watchers = [new BodyRecorder(), new BodyRecorder()] as const
    const members = watchers.map(({ handler }) =>
      createAuthorizer({ authorize: handler as never, contract: huawei.frontend({ needBody: true }), logger: null }),
    )
    const service = await serve(adapter, adapter.customAuthorizer(allOf(...(members as never[])) as never))
    expect((await service.send(post(BODY))).body).toBe(DIGEST)
    expect(watchers.map(({ seen }) => seen)).toEqual([[DIGEST], [DIGEST]])
  })

  it('HW-CFG-12 HW-GEN-05 the frontend authorizer of both() gets the body', async () => {
    const recorder = new BodyRecorder()
    const logger = null
    const pair = huawei.both({
      frontend: createAuthorizer({
        authorize: recorder.handler as never,
        contract: huawei.frontend({ needBody: true }),
        logger,
      }),
      backend: createAuthorizer({
        authorize: async () => ({ statusCode: 200, body: '{"status":"allow"}' }),
        contract: huawei.backend(),
        logger,
      }),
    })
    const service = await serve(adapter, adapter.customAuthorizer(pair as never))
    expect([(await service.send(post(BODY))).body, recorder.seen]).toEqual([DIGEST, [DIGEST]])
  })

  it.each(FRAMINGS)(
    'HW-CTX-04 the handler gets the body when the guard also changes headers, query and path (%s)',
    async (framing) => {
      const parameterMapping = huawei.backendParameters(
        [from('x-user', 'HEADER'), from('user', 'QUERY'), from('id', 'PATH')],
        { reqUri: '/u/{id}' },
      )
      const recorder = new BodyRecorder()
      const service = await adapter.serve({
        use: [recorder.guard(adapter, {}, { parameterMapping })],
        routes: [
          {
            method: 'POST',
            path: '*',
            handle: async (request) => ({
              body: `${request.target} ${Object.values(request.headerViews('x-user')).join()} ${digestOf(await request.body())}`,
            }),
          },
        ],
      })
      const response = await service.send(post(BODY, framing, [['X-User', 'evil']]))
      expect(response.body).toMatch(/^\/u\/abc\?user=abc [abc,]+ /)
      expect([response.body.split(' ').slice(2).join(' '), recorder.seen]).toEqual([DIGEST, [DIGEST]])
    },
  )

  it('HW-CFG-12 the handler gets the body when the guard sets context headers', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter, {}, { contextHeaders: { 'x-user': 'context.user' } }))
    expect([(await service.send(post(BODY))).body, recorder.seen]).toEqual([DIGEST, [DIGEST]])
  })

  it('SEC-97 a request whose stream was partly read before the guard is rejected', async () => {
    const recorder = new BodyRecorder()
    const eager = onIncoming(adapter.name, (incoming) => void incoming.on('data', () => undefined))
    const service = await serve(adapter, eager, recorder.guard(adapter))
    const response = await service.send(post(BODY))
    expect([response.status, recorder.seen, service.hits]).toEqual([500, [], []])
  })

  it('SEC-97 a request whose stream has an encoding set is rejected or read, without an error', async () => {
    const recorder = new BodyRecorder()
    const decoding = onIncoming(adapter.name, (incoming) => void incoming.setEncoding('utf8'))
    const service = await serve(adapter, decoding, recorder.guard(adapter))
    const text = Buffer.from('{"name":"Zoë"}')
    const pending = service.send(post(text))
    for (let turn = 0; turn < 50; turn++) await flushMicrotasks()
    expect([[], [digestOf(text)]]).toContainEqual(recorder.seen)
    expect((await pending).status).toBe(recorder.seen.length === 0 ? 500 : 200)
  }, 5000)
})
