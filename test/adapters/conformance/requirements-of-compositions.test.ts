/** `requireContext` and `requireScopes` read the authorizer's result, never a copy that application code changed. */
import {
  allOf,
  allow,
  anyOf,
  type Authorizer,
  createAuthorizer,
  firstOf,
  optional,
  native,
  unavailable,
} from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { awsService } from '../../unit/jwt/aws-service.ts'
import { describeAdapters } from '../../support/adapters.ts'
import { member } from '../../support/members.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

const reader = (): Authorizer => member(() => allow({ principalId: 'ann', context: { role: 'reader', scope: 'read' } }))
const anonymous = (): Authorizer => member(() => allow())

const resultWith = async (context: object): Promise<object> => ({
  statusCode: 200,
  body: JSON.stringify({ status: 'allow', context }),
})
const part = (contract: unknown, context: object): Authorizer =>
  createAuthorizer({ authorize: (() => resultWith(context)) as never, contract: contract as never, logger: null })
const frontend = (): Authorizer => part(huawei.frontend(), { role: 'reader', scope: 'read' })
const backend = (): Authorizer => part(huawei.backend(), { role: 'reader' })
const pair = (options: object): Authorizer => huawei.both(options as never) as unknown as Authorizer

/** An authorizer written by hand, which returns the same context object for every request. */
const handWritten = (): Authorizer => {
  const authorizer = {
    principalId: 'ann',
    context: { role: 'reader', scope: 'read' },
    requestContext: { authorizer: { role: 'reader' } },
  }
  const inner = reader()
  return {
    name: 'hand-written',
    evaluate: () => ({ allowed: true, authorizer }),
    hasCredential: () => false,
    invalidate: () => undefined,
    invalidateAll: () => undefined,
    deny: (...denial) => inner.deny(...denial),
    report: () => undefined,
  }
}

const KINDS: readonly (readonly [name: string, make: () => Authorizer])[] = [
  ['a plain authorizer', reader],
  ['anyOf', () => anyOf(reader(), anonymous())],
  ['firstOf', () => firstOf(reader(), anonymous())],
  ['allOf', () => allOf(reader(), anonymous())],
  ['optional', () => optional(reader())],
  ['both', () => pair({ frontend: frontend(), backend: backend() })],
  ['both without a backend', () => pair({ frontend: frontend() })],
  ['both with a composition inside', () => pair({ frontend: allOf(frontend(), anonymous()), backend: backend() })],
  ['a composition with both inside', () => allOf(anonymous(), pair({ frontend: frontend(), backend: backend() }))],
  ['a hand-written authorizer', handWritten],
  ['allOf with a hand-written authorizer', () => allOf(anonymous(), handWritten())],
  ['both with a hand-written authorizer', () => pair({ frontend: handWritten(), backend: backend() })],
]

/** Tries to make the caller an administrator by writing to the context. */
const promote = (context: unknown): void => {
  const authorizer = context as { principalId: string; context: Record<string, unknown> }
  const roles = [authorizer.context, authorizer.context['frontend'], authorizer.context['backend']]
  for (const each of roles)
    if (typeof each === 'object' && each !== null)
      Object.assign(each, { role: 'admin', scope: 'admin', scp: ['admin'] })
  Object.assign(authorizer, { principalId: 'root' })
  try {
    Object.assign(authorizer, { context: { role: 'admin', scope: 'admin' } })
  } catch {
    // The member may be read-only.
  }
}

const isAdmin = ({ principalId, context }: { principalId: string; context: object }): boolean =>
  principalId === 'root' || JSON.stringify(context).includes('admin')

describeAdapters('requirements', (adapter) => {
  test.each(KINDS)(
    'SEC-28 writing to the context of %s does not change requireContext or requireScopes',
    async (_, make) => {
      const service = await adapter.serve({
        use: [adapter.customAuthorizer(make() as never), adapter.tap((request) => promote(request.getAuthorizer()))],
        routes: [
          { path: '/role', use: [adapter.requireContext({ role: 'admin' })] },
          { path: '/any', use: [adapter.requireContext(isAdmin)] },
          { path: '/scope', use: [adapter.requireScopes('admin')] },
          { path: '/open' },
        ],
      })
      const statuses = async (): Promise<number[]> =>
        Promise.all(['/role', '/any', '/scope', '/open'].map(async (target) => (await service.send({ target })).status))
      expect(await statuses()).toEqual([403, 403, 403, 200])
      // The next request sees the same result.
      expect(await statuses()).toEqual([403, 403, 403, 200])
    },
  )
})

describe('scopes of a contract', () => {
  const service = awsService()
  const token = (): Authorizer => service.authorizer()

  describeAdapters('in compositions', (adapter) => {
    const COMPOSITIONS: readonly (readonly [name: string, make: () => Authorizer])[] = [
      ['alone', token],
      ['inside allOf', () => allOf(token(), anonymous())],
      ['inside allOf, last', () => allOf(anonymous(), anonymous(), token())],
      ['inside allOf of allOf', () => allOf(allOf(anonymous(), token()), anonymous())],
      ['inside anyOf', () => anyOf(token(), anonymous())],
      ['inside firstOf', () => firstOf(token(), anonymous())],
      ['inside optional', () => optional(token())],
      ['inside both', () => pair({ frontend: token(), backend: backend() })],
    ]

    test.each(COMPOSITIONS)('SEC-28 requireScopes reads the same scopes from an authorizer %s', async (_, make) => {
      const app = await adapter.serve({
        use: [adapter.customAuthorizer(make() as never)],
        routes: [
          { path: '/read', use: [adapter.requireScopes('read')] },
          { path: '/admin', use: [adapter.requireScopes('admin')] },
        ],
      })
      const status = async (target: string, claims: object): Promise<number> =>
        (await app.send({ target, headers: [['Authorization', service.token({ ...claims })]] })).status
      // As text, the list would be the single scope `[read admin]`.
      expect(await status('/read', { scp: ['read', 'write'] })).toBe(200)
      expect(await status('/admin', { scp: ['read', 'write'] })).toBe(403)
      expect(await status('/admin', { scp: ['read'], scope: 'admin' })).toBe(403)
    })
  })
})

const down = (logger: RecordingLogger): Authorizer =>
  createAuthorizer({ name: 'down', authorize: () => unavailable(), contract: native(), logger })

describeAdapters('failureMode in compositions', (adapter) => {
  test.each<readonly [name: string, make: (logger: RecordingLogger) => Authorizer]>([
    ['a plain authorizer', down],
    ['anyOf', (logger) => anyOf(down(logger), down(logger))],
    ['firstOf', (logger) => firstOf(down(logger), anonymous())],
    ['allOf', (logger) => allOf(down(logger), anonymous())],
    ['optional', (logger) => optional(down(logger))],
    ['both', (logger) => pair({ frontend: down(logger), backend: backend() })],
    ['both inside allOf', (logger) => allOf(pair({ frontend: down(logger) }), anonymous())],
  ])(
    'SEC-87 SEC-109 %s logs failureMode once, and every request that passes without authorization',
    async (_, make) => {
      const logger = new RecordingLogger()
      const service = await adapter.serve({
        routes: [{ path: '/', use: [adapter.customAuthorizer(make(logger) as never, { failureMode: 'allow' })] }],
      })
      const lines = (text: string): number => logger.lines.filter((each) => each.includes(text)).length
      expect(lines("failureMode is 'allow'")).toBe(1)
      for (const count of [1, 2]) {
        expect((await service.send({ target: '/' })).status).toBe(200)
        expect(lines('failureMode let a request pass')).toBe(count)
      }
    },
  )
})

describeAdapters('failing predicates', (adapter) => {
  expectNothingUncaught()
  const rejects = (() => Promise.reject(new Error('hunter2'))) as never

  test('SEC-36 a requireContext predicate that rejects denies the request and does not end the process', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(reader() as never)],
      routes: [
        { path: '/whole', use: [adapter.requireContext(rejects)] },
        { path: '/member', use: [adapter.requireContext({ role: rejects })] },
      ],
    })
    for (const target of ['/whole', '/member']) expect((await service.send({ target })).status).toBe(403)
  })
})
