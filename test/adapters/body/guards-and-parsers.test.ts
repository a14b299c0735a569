/** Parsers before the guard and behind it, several guards, and guards that change the request besides. */
import { allOf, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { expectNothingUncaught } from '../../support/refusal.ts'
import { serve, Watcher } from './guarded-service.ts'
import { onIncoming } from './middleware.ts'
import { bytesOf, FRAMINGS, post, printOf } from './payload.ts'

const BODY = bytesOf(100_003)
const PRINT = printOf(BODY)

const from = (name: string, location: 'HEADER' | 'QUERY' | 'PATH'): huawei.BackendParameter => ({
  name,
  location,
  origin: 'SYSTEM',
  value: '$context.authorizer.frontend.user',
})

describeAdapters('order', (adapter) => {
  expectNothingUncaught()
  const isHono = adapter.name === 'Hono'

  it.each(FRAMINGS)(
    'SEC-97 a parser before the guard: refused, unless the framework kept the body, by %s',
    async (framing) => {
      const watcher = new Watcher()
      const service = await serve(adapter, adapter.bodyParser(), watcher.guard(adapter, { authDowngradeEnabled: true }))
      const answer = await service.ask(post(BODY, framing))
      if (isHono) expect([answer.status, answer.body, watcher.seen]).toEqual([200, PRINT, [PRINT]])
      else {
        expect([answer.status, JSON.parse(answer.body)]).toMatchObject([500, { error_code: 'APIG.0601' }])
        expect([watcher.seen, service.hits]).toEqual([[], []])
      }
    },
  )

  it('HW-CFG-12 a parser behind the guard', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter), adapter.bodyParser())
    expect([(await service.ask(post(BODY))).body, watcher.seen]).toEqual([PRINT, [PRINT]])
  })

  it.each(FRAMINGS)('HW-CFG-12 two guards, each of which is given the body, by %s', async (framing) => {
    const watchers = [new Watcher(), new Watcher()] as const
    const service = await serve(adapter, ...watchers.map((each) => each.guard(adapter)))
    const answer = await service.ask(post(BODY, framing))
    expect([answer.status, answer.body, ...watchers.map(({ seen }) => seen)]).toEqual([200, PRINT, [PRINT], [PRINT]])
  })

  it('HW-CFG-12 a guard for the application and one for the route', async () => {
    const watchers = [new Watcher(), new Watcher()] as const
    const service = await adapter.serve({
      use: [watchers[0].guard(adapter)],
      routes: [
        {
          method: 'POST',
          path: '/upload',
          use: [watchers[1].guard(adapter)],
          handle: async (visit) => ({ body: printOf(await visit.body()) }),
        },
      ],
    })
    const answer = await service.ask(post(BODY))
    expect([answer.status, answer.body, ...watchers.map(({ seen }) => seen)]).toEqual([200, PRINT, [PRINT], [PRINT]])
  })

  it('HW-CFG-12 several authorizers in one guard read the body once', async () => {
    const watchers = [new Watcher(), new Watcher()] as const
    const members = watchers.map(({ handler }) =>
      createAuthorizer({ authorize: handler as never, contract: huawei.frontend({ needBody: true }), logger: null }),
    )
    const service = await serve(adapter, adapter.customAuthorizer(allOf(...(members as never[])) as never))
    expect((await service.ask(post(BODY))).body).toBe(PRINT)
    expect(watchers.map(({ seen }) => seen)).toEqual([[PRINT], [PRINT]])
  })

  it('HW-CFG-12 HW-GEN-05 the frontend authorizer of a pair', async () => {
    const watcher = new Watcher()
    const logger = null
    const pair = huawei.both({
      frontend: createAuthorizer({
        authorize: watcher.handler as never,
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
    expect([(await service.ask(post(BODY))).body, watcher.seen]).toEqual([PRINT, [PRINT]])
  })

  it.each(FRAMINGS)('HW-CTX-04 with headers, query and path that change besides, by %s', async (framing) => {
    const parameterMapping = huawei.backendParameters(
      [from('x-user', 'HEADER'), from('user', 'QUERY'), from('id', 'PATH')],
      { reqUri: '/u/{id}' },
    )
    const watcher = new Watcher()
    const service = await adapter.serve({
      use: [watcher.guard(adapter, {}, { parameterMapping })],
      routes: [
        {
          method: 'POST',
          path: '*',
          handle: async (visit) => ({
            body: `${visit.target} ${Object.values(visit.headerViews('x-user')).join()} ${printOf(await visit.body())}`,
          }),
        },
      ],
    })
    const answer = await service.ask(post(BODY, framing, [['X-User', 'evil']]))
    expect(answer.body).toMatch(/^\/u\/abc\?user=abc [abc,]+ /)
    expect([answer.body.split(' ').slice(2).join(' '), watcher.seen]).toEqual([PRINT, [PRINT]])
  })

  it('HW-CFG-12 with context headers', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter, {}, { contextHeaders: { 'x-user': 'context.user' } }))
    expect([(await service.ask(post(BODY))).body, watcher.seen]).toEqual([PRINT, [PRINT]])
  })

  it('SEC-97 a stream that other code has begun to read is refused', async () => {
    const watcher = new Watcher()
    const eager = onIncoming(adapter.name, (incoming) => void incoming.on('data', () => undefined))
    const service = await serve(adapter, eager, watcher.guard(adapter))
    const answer = await service.ask(post(BODY))
    expect([answer.status, watcher.seen, service.hits]).toEqual([500, [], []])
  })

  it('SEC-97 a stream that other code has made into text is refused, or read all the same; nothing breaks', async () => {
    const watcher = new Watcher()
    const decoding = onIncoming(adapter.name, (incoming) => void incoming.setEncoding('utf8'))
    const service = await serve(adapter, decoding, watcher.guard(adapter))
    const text = Buffer.from('{"name":"Zoë"}')
    const asked = service.ask(post(text))
    for (let turn = 0; turn < 50; turn++) await flushMicrotasks()
    expect([[], [printOf(text)]]).toContainEqual(watcher.seen)
    expect((await asked).status).toBe(watcher.seen.length === 0 ? 500 : 200)
  }, 5000)
})
