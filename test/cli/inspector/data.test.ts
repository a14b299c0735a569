/** What the inspector shows and does. */
import { hasSubscribers } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import {
  anyOf,
  type Authorizer,
  createAuthorizer,
  deny,
  native,
  type NativeAnswer,
  DECISION_CHANNEL,
  PROBLEM_CHANNEL,
} from '@custom-authorizer/core'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { fakeClock } from '@custom-authorizer/core/testing'
import { inspector, type InspectorOptions } from '@custom-authorizer/cli'
import { Deferred } from '../../support/deferred.ts'
import { member } from '../../support/members.ts'
import { KEY, TWO_A_DAY } from '../../support/planned.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { CANARIES, inspected, type Inspected, json, petsAuthorizer, type Reply, TOKEN } from './harness.ts'

interface Row {
  readonly id: number
  readonly source: number
  readonly path: string
  readonly reason: string
  readonly principalId?: string
  readonly isTest: boolean
  readonly cache: { readonly state: string }
  readonly message?: string
}
interface Tested {
  readonly outcome: {
    readonly allowed: boolean
    readonly reason?: string
    readonly context?: readonly { readonly name: string; readonly type: string; readonly value?: unknown }[]
    readonly response?: { readonly status: number; readonly headers: readonly unknown[]; readonly body: string | null }
    readonly usage?: object
  }
  readonly decisions: readonly Row[]
}

const testedOf = (reply: Reply): Tested => json(reply) as Tested
const rowOf = (reply: Reply): Row => json(reply) as Row

const STATE = '/__authorizer/api/state'
const rowsOf = async ({ send }: Inspected): Promise<readonly Row[]> =>
  (json(await send({ path: STATE })) as { readonly rows: readonly Row[] }).rows
/** Decisions without problems. */
const decisionsOf = async (service: Inspected): Promise<readonly Row[]> =>
  (await rowsOf(service)).filter(({ message }) => message === undefined)
const lastOf = async (service: Inspected): Promise<Reply> =>
  detail(service, (await decisionsOf(service)).at(-1)?.id ?? 0)
const detail = ({ send }: Inspected, id: number): Promise<Reply> =>
  send({ path: `/__authorizer/api/decision?id=${id}` })

const subscribed = (): readonly boolean[] => [hasSubscribers(DECISION_CHANNEL), hasSubscribers(PROBLEM_CHANNEL)]

describe('decisions', () => {
  test('are listed in their order, with what a log line has', async () => {
    const service = await inspected()
    await service.decide('GET /pets?secret=query-canary', 'token-canary-ann')
    service.clock.advanceSync(1500)
    await service.decide('DELETE /pets', 'token-canary-ann')
    await service.decide('GET /pets')
    expect(await decisionsOf(service)).toMatchObject([
      { id: 1, source: 0, authorizer: 'pets', contract: 'aws.token', method: 'GET', path: '/pets', verdict: 'allow' },
      {
        verdict: 'deny',
        status: 403,
        reason: 'IMPLICIT_DENY',
        principalId: 'user-ann',
        cache: { state: 'hit', ageMs: 1500 },
      },
      { verdict: 'deny', status: 401, reason: 'IDENTITY_SOURCE_MISSING', isTest: false },
    ])
  })

  test('are explained with each statement, the identity sources, and what to change', async () => {
    const service = await inspected()
    await service.decide('GET /pets', 'token-canary-ann')
    await service.decide('DELETE /pets', 'token-canary-ann')
    expect(json(await lastOf(service))).toMatchObject({
      reason: 'IMPLICIT_DENY',
      explanation: {
        identitySources: [{ location: 'header', name: 'Authorization', state: 'present' }],
        policy: {
          decision: 'ImplicitlyDenied',
          statements: [
            {
              index: 0,
              sid: 'Read',
              effect: 'Allow',
              matched: false,
              failed: 'resource',
              resource: { differs: 'method' },
            },
            { index: 1, effect: 'Deny', matched: false },
          ],
        },
        hint: expect.stringContaining('the cached policy was issued for GET /pets'),
      },
      advice: { cause: expect.any(String), fix: expect.any(String) },
    })
    expect(json(await detail(service, 1))).not.toHaveProperty('advice')
  })

  test('are explained when they are opened, not before', async () => {
    let explained = 0
    const contract = Object.assign(native(), {
      explain: () => {
        explained++
        throw new Error('broken')
      },
    })
    const authorizer = createAuthorizer({ authorize: () => true, contract, name: 'native', logger: null })
    const service = await inspected({}, () => [authorizer])
    await service.decide('GET /a')
    await rowsOf(service)
    expect(explained).toBe(0)
    expect(json(await detail(service, 1))).toMatchObject({ explanation: null, reason: 'ALLOWED' })
    expect(explained).toBe(1)
  })

  test('SEC-144 the last maxDecisions are kept', async () => {
    const service = await inspected({ maxDecisions: 2 })
    for (const path of ['/a', '/b', '/c']) await service.decide(`GET ${path}`)
    expect((await rowsOf(service)).map(({ path }) => path)).toEqual(['/b', '/c'])
    const { status, body } = await detail(service, 1)
    expect([status, body]).toEqual([404, '{"error":"this decision is no longer kept"}'])
    expect((await detail(service, 2)).status).toBe(200)
  })

  test.each(['', '0', '-1', '1.5', '1e0', 'x', '9999999999999999999'])('the ID "%s" is of no decision', async (id) => {
    const service = await inspected()
    await service.decide('GET /a')
    expect((await service.send({ path: `/__authorizer/api/decision?id=${id}` })).status).toBe(404)
  })

  test('of authorizers with the same name have the one that made them', async () => {
    const service = await inspected({}, () => [member(() => true), member(() => false)])
    await service.decide('GET /first')
    const stranger = member(() => true)
    await stranger.evaluate(gatewayRequest('GET /stranger'))
    expect(await rowsOf(service)).toMatchObject([{ source: 0, path: '/first' }])
  })

  test('of the members of a composition are those of the composition', async () => {
    const service = await inspected({}, () => [
      anyOf(
        member(() => false),
        member(() => true),
      ),
    ])
    await service.decide('GET /a')
    expect(await rowsOf(service)).toMatchObject([
      { source: 0, authorizer: 'member', reason: 'DENIED' },
      { source: 0, authorizer: 'member', reason: 'ALLOWED' },
    ])
  })

  test('of an authorizer that cannot tell its decisions are found by its name', async () => {
    const known = member(() => true, {}, { name: 'known' })
    const foreign = { ...known, name: 'known', evaluate: known.evaluate.bind(known) } as unknown as Authorizer
    for (const name of ['invalidate', 'invalidateAll', 'deny', 'hasCredential', 'report'] as const)
      Object.assign(foreign, { [name]: () => undefined })
    const service = await inspected({}, () => [foreign])
    await service.decide('GET /a')
    await member(() => true).evaluate(gatewayRequest('GET /b'))
    expect((await rowsOf(service)).map(({ path }) => path)).toEqual(['/a'])
  })

  test('problems are listed, the last 100', async () => {
    const service = await inspected()
    for (let index = 0; index < 101; index++) service.authorizer.report('NOTE', `note ${index}`)
    member(() => true).report('NOTE', 'of another authorizer')
    const rows = await rowsOf(service)
    expect(rows).toHaveLength(100)
    expect(rows[0]).toEqual({ id: 2, at: service.clock.now(), authorizer: 'pets', kind: 'NOTE', message: 'note 1' })
  })

  test('SEC-144 a clock that throws does not disturb the request', async () => {
    const clock = fakeClock()
    const service = await inspected(
      {
        clock: Object.assign(clock, {
          now: () => {
            throw new Error('broken')
          },
        }),
      },
      () => [member(() => true)],
    )
    const outcome = await service.authorizer.evaluate(gatewayRequest())
    expect(outcome.allowed).toBe(true)
    expect(await rowsOf(service)).toEqual([])
  })

  test('are no longer recorded or served after close()', async () => {
    const before = subscribed()
    const service = await inspected()
    expect(subscribed()).toEqual([true, true])
    const Cookie = await service.cookie()
    service.page.close()
    expect(subscribed()).toEqual(before)
    await service.decide('GET /a')
    const { status, body } = await service.send({ path: STATE, headers: { Cookie } })
    expect([status, body]).toEqual([404, 'Not found.\n'])
    expect((await service.page.fetch(new Request('http://localhost/'))).status).toBe(404)
  })
})

/** Everything that the inspector shows of some requests. */
const everything = async (service: Inspected): Promise<string> => {
  await service.decide('GET /pets?secret=query-canary', 'token-canary-ann')
  await service.decide('GET /pets', 'token-canary-bob')
  await service.decide('DELETE /pets', 'token-canary-bob')
  const sent = {
    source: 0,
    method: 'GET',
    target: '/pets?q=query-canary',
    headers: [['Authorization', 'token-canary-ann']],
  }
  const replies = [
    await service.post('/api/test', sent),
    await service.post('/api/test', { ...sent, method: 'DELETE' }),
  ]
  for (const { id } of await decisionsOf(service)) replies.push(await detail(service, id))
  replies.push(await service.send({ path: STATE }))
  return replies.map(({ status, body }) => `${status} ${body}`).join('\n')
}

const secretAnswer = (): NativeAnswer =>
  deny({ status: 418, body: { secret: 'context-canary' }, headers: { 'X-Secret': 'context-canary' } })

const secretTested = async (showContext: boolean): Promise<Reply> => {
  const { post } = await inspected({ showContext }, () => [member(secretAnswer)])
  return post('/api/test', { source: 0, method: 'GET', target: '/' })
}

const logged = (options: InspectorOptions): readonly string[] => {
  const logger = new RecordingLogger()
  const page = inspector(petsAuthorizer(fakeClock(), logger), { token: TOKEN, ...options })
  page.close()
  return logger.lines
}

describe('secrets', () => {
  test('SEC-143 no credential, query or context value is in any reply', async () => {
    const text = await everything(await inspected())
    expect(CANARIES.filter((canary) => text.includes(canary))).toEqual([])
    expect(text).toContain('user-ann')
    expect(text).toContain('"name":"tenant","type":"string"')
    expect(text).not.toMatch(/^[^2]/m)
  })

  test('SEC-143 showContext adds context values, never credentials', async () => {
    const text = await everything(await inspected({ showContext: true }))
    expect(CANARIES.filter((canary) => text.includes(canary))).toEqual(['context-canary'])
  })

  test('SEC-143 headers and bodies of responses that a function chose are shown with showContext only', async () => {
    const hidden = await secretTested(false)
    expect(hidden.body).not.toContain('context-canary')
    expect(testedOf(hidden).outcome.response).toMatchObject({
      status: 418,
      headers: expect.arrayContaining([
        ['X-Secret', null],
        ['Cache-Control', 'no-store'],
      ]),
      body: null,
      bodyCharacters: 27,
    })
    expect(testedOf(await secretTested(true)).outcome.response?.body).toBe('{"secret":"context-canary"}')
  })

  test('SEC-143 SEC-101 markup and control characters reach the page as escaped JSON', async () => {
    const service = await inspected()
    await service.decide('GET /<script>alert(1)</script>', 'token-markup')
    const reply = await lastOf(service)
    expect(reply.headers['content-type']).toBe('application/json')
    // oxlint-disable-next-line no-control-regex -- none may be in the reply
    expect(reply.body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(rowOf(reply).principalId).toBe(String.raw`<img\u0020src=x\u0020onerror=alert(1)>\u0020\u001b[31m\u202e`)
  })

  test('SEC-109 a warning is logged once, with the options that relax a rule, and shows no token', () => {
    expect(logged({})).toEqual([expect.stringContaining('the inspector is active')])
    const lines = logged({ showContext: true, allowRemote: true })
    expect(lines).toHaveLength(3)
    expect(lines[1]).toContain('inspector.showContext is true: ')
    expect(lines[2]).toContain('inspector.allowRemote is true: ')
    expect(lines.join()).not.toContain(TOKEN)
  })
})

const cacheOf = async (service: Inspected): Promise<string | undefined> => {
  await service.decide('GET /pets', 'token-canary-ann')
  return (await rowsOf(service)).at(-1)?.cache.state
}

describe('invalidation', () => {
  test('removes the results of a principal that was typed', async () => {
    const service = await inspected()
    expect([await cacheOf(service), await cacheOf(service)]).toEqual(['miss', 'hit'])
    expect(json(await service.post('/api/invalidate', { source: 0, principalId: 'user-xyz' }))).toEqual({
      invalidated: true,
    })
    expect(await cacheOf(service)).toBe('hit')
    await service.post('/api/invalidate', { source: 0, principalId: 'user-ann' })
    expect(await cacheOf(service)).toBe('miss')
  })

  test('removes the results of the principal of a decision, with its escapes undone', async () => {
    const selectors: unknown[] = []
    const authorizer = Object.assign(petsAuthorizer(fakeClock()), {
      invalidate: (each: unknown) => void selectors.push(each),
    })
    const service = await inspected({}, () => [authorizer])
    await service.decide('GET /pets', 'token-markup')
    expect((await service.post('/api/invalidate', { source: 0, decision: 1 })).status).toBe(200)
    expect(selectors).toEqual([{ principalId: '<img src=x onerror=alert(1)> \u001b[31m\u202e' }])
  })

  test('of a principal that decisions show in part only gets 400', async () => {
    const result = { principalId: 'a'.repeat(3000), context: {} }
    const contract = Object.assign(native(), {
      parseResult: () => ({ accepted: true, result }),
      decide: () => ({ allowed: true }),
    })
    const authorizer = createAuthorizer({ authorize: () => true, contract, logger: null })
    const service = await inspected({}, () => [authorizer])
    await service.decide('GET /pets')
    expect((await decisionsOf(service))[0]?.principalId).toHaveLength(2048)
    expect((await service.post('/api/invalidate', { source: 0, decision: 1 })).status).toBe(400)
  })

  test.each([
    ['no authorizer', {}],
    ['an unknown authorizer', { source: 1, principalId: 'a' }],
    ['an authorizer of the prototype', { source: 'length', principalId: 'a' }],
    ['no principal', { source: 0 }],
    ['an empty principal', { source: 0, principalId: '' }],
    ['a principal that is not text', { source: 0, principalId: 1 }],
    ['a principal that is too long', { source: 0, principalId: 'a'.repeat(2048) }],
    ['a decision that is not kept', { source: 0, decision: 7 }],
    ['an array', []],
    ['null', null],
  ])('of %s gets 400', async (_, body) => {
    const service = await inspected()
    expect((await service.post('/api/invalidate', body)).status).toBe(400)
  })

  test('SEC-101 an error of the store is not shown', async () => {
    const authorizer = Object.assign(petsAuthorizer(fakeClock()), {
      invalidate: async () => {
        throw new Error('redis://secret@host')
      },
    })
    const service = await inspected({}, () => [authorizer])
    const { status, body } = await service.post('/api/invalidate', { source: 0, principalId: 'a' })
    expect([status, body]).toEqual([502, '{"error":"the store has not confirmed the invalidation"}'])
  })
})

describe('test requests', () => {
  const request = { source: 0, method: 'GET', target: '/pets', headers: [['Authorization', 'token-canary-ann']] }

  test('show outcome and explanation, and are marked in the list', async () => {
    const service = await inspected()
    const { outcome, decisions } = testedOf(await service.post('/api/test', request))
    expect(outcome).toEqual({
      allowed: true,
      context: [
        { name: 'tenant', type: 'string' },
        { name: 'level', type: 'string' },
      ],
    })
    expect(decisions).toMatchObject([
      { id: 1, isTest: true, reason: 'ALLOWED', explanation: { policy: { decision: 'Allowed' } } },
    ])
    await service.decide('GET /pets')
    expect((await rowsOf(service)).map(({ isTest }) => isTest)).toEqual([true, false])
  })

  test('show the denial of each member, and none of other requests', async () => {
    const answer = new Deferred<boolean>()
    const slow = member(() => answer.promise)
    const service = await inspected({}, () => [
      anyOf(
        member(() => false),
        slow,
      ),
    ])
    const pending = service.post('/api/test', { source: 0, method: 'GET', target: '/mine' })
    while ((await rowsOf(service)).length === 0);
    const other = service.authorizer.hasCredential(gatewayRequest())
    expect(other).toBe(false)
    const foreign = member(() => true)
    await foreign.evaluate(gatewayRequest('GET /foreign'))
    answer.resolve(false)
    const { outcome, decisions } = testedOf(await pending)
    expect([outcome.reason, decisions.map(({ path }) => path)]).toEqual(['DENIED', ['/mine', '/mine']])
  })

  test('have the Host of the page unless they have their own', async () => {
    const hosts: (string | undefined)[] = []
    const service = await inspected({}, () => [member((each) => hosts.push(each.header('host')) > 0)])
    await service.post('/api/test', { source: 0, method: 'GET', target: '/' })
    await service.post('/api/test', { source: 0, method: 'GET', target: '/', headers: [['hOST', 'api.test']] })
    expect(hosts).toEqual([`localhost:${service.port}`, 'api.test'])
  })

  test.each([
    ['an unknown authorizer', { source: 3 }],
    ['a method with a space', { method: 'GET /' }],
    ['an empty method', { method: '' }],
    ['a path without a slash', { target: 'pets' }],
    ['a path with a line break', { target: '/pets\r\nX: y' }],
    ['a header without a name', { headers: [['', 'x']] }],
    ['a header whose value has a line break', { headers: [['X', 'a\nb']] }],
    ['a header that is not a pair', { headers: ['X: y'] }],
    ['too many headers', { headers: Array.from({ length: 101 }, () => ['X', 'y']) }],
  ])('with %s get 400', async (_, wrong) => {
    const service = await inspected()
    const { status, body } = await service.post('/api/test', { ...request, ...wrong })
    expect(status).toBe(400)
    expect(body).not.toContain('canary')
    expect(await rowsOf(service)).toEqual([])
  })

  test('with an ambiguous path are denied as by a guard', async () => {
    const service = await inspected()
    const { outcome } = testedOf(await service.post('/api/test', { ...request, target: '//pets' }))
    expect(outcome.reason).toBe('MALFORMED_REQUEST')
  })
})

const planned = () =>
  usagePlan(
    member(() => true),
    { ...TWO_A_DAY, api: { apiId: 'a', stage: 'b' } },
  )

describe('usage', () => {
  test('of a key is shown, also after a test request', async () => {
    const plan = planned()
    const service = await inspected({ usage: plan }, () => [plan])
    const sent = { source: 0, method: 'GET', target: '/', headers: [['x-api-key', KEY]] }
    const reply = await service.post('/api/test', sent)
    expect(testedOf(reply).outcome.usage).toMatchObject({ planId: 'gold', keyId: 'acme', remaining: 1 })
    expect(reply.body).not.toContain(KEY)
    expect(json(await service.post('/api/usage', { planId: 'gold', subject: 'acme' }))).toMatchObject({
      used: 1,
      remaining: 1,
    })
  })

  test.each([
    ['an unknown plan', { planId: 'none', subject: 'acme' }, 400],
    ['no subject', { planId: 'gold' }, 400],
    ['an empty subject', { planId: 'gold', subject: '' }, 400],
  ])('of %s gets an error', async (_, body, status) => {
    const service = await inspected({ usage: planned() })
    expect((await service.post('/api/usage', body)).status).toBe(status)
  })

  test('gets 404 without a plan, and 502 if it fails', async () => {
    expect((await (await inspected()).post('/api/usage', { planId: 'a', subject: 'b' })).status).toBe(404)
    const usage = {
      usageOf: async () => {
        throw new Error('secret')
      },
    }
    const { status, body } = await (await inspected({ usage })).post('/api/usage', { planId: 'a', subject: 'b' })
    expect([status, body]).toEqual([502, '{"error":"the usage cannot be read"}'])
  })
})

const bodyOf = async (body: string): Promise<Reply> => {
  const { send } = await inspected()
  const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
  return send({ method: 'POST', path: '/__authorizer/api/test', headers, body })
}

describe('bodies', () => {
  test.each(['', '{', 'TOO_LARGE', 'constructor', '{"a":1,"a":2}', '\u0000'])(
    '%j is not JSON and gets 400',
    async (body) => {
      const { status, body: text } = await bodyOf(body)
      expect([status, text]).toEqual([400, '{"error":"the body is not JSON"}'])
    },
  )

  test('SEC-144 of more than 64 KiB get 413', async () => {
    expect((await bodyOf(`"${'a'.repeat(65_534)}"`)).status).toBe(400)
    expect((await bodyOf(`"${'a'.repeat(65_535)}"`)).status).toBe(413)
  })
})
