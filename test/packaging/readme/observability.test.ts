/** The programs of docs/observability.md: each block whose first line names a file is run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createAuthorizer, type Logger } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import type { Meter, Tracer } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { root } from '../../support/root.ts'
import { gatewayRequest } from '../../support/request.ts'
import { withToken } from '../../support/with-token.ts'

const CANARY = 'CANARY7f3a'

// Inside of the project, so that the packages are found.
const folder = join(import.meta.dirname, '.observability')
const load = async (name: string): Promise<unknown> => (await import(/* @vite-ignore */ join(folder, name))) as unknown

beforeAll(() => {
  const page = readFileSync(join(root, 'docs/observability.md'), 'utf8')
  mkdirSync(folder, { recursive: true })
  for (const [, name = '', text = ''] of page.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm))
    writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const allowOne = async ({ methodArn, authorizationToken }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => {
  if (authorizationToken === 'broken') throw new TypeError(CANARY)
  return {
    principalId: CANARY,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: { canary: CANARY },
  }
}

/** An authorizer for `GET /pets`, and a function that evaluates an allowed, a denied, an anonymous and a failing request. */
const evaluateAll = async (logger: Logger | null, clock = fakeClock()): Promise<void> => {
  const authorizer = createAuthorizer({ name: 'pets', authorize: allowOne, contract: aws.token(), clock, logger })
  for (const line of ['GET /pets', 'GET /toys']) await authorizer.evaluate(withToken(CANARY, line))
  await authorizer.evaluate(gatewayRequest('GET /pets'))
  await authorizer.evaluate(withToken('broken'))
}

const LINES = [
  expect.stringMatching(/^custom-authorizer: "pets": the cached policy was issued for GET \/pets/),
  expect.stringMatching(/^custom-authorizer: "pets": the authorizer failed with TypeError at /),
]

describe('structured logs', () => {
  test('SEC-101 Winston gets the message and the fields, which contain no values', async () => {
    const entries: unknown[][] = []
    // Winston's methods take the message and then an object, which it merges into the entry.
    const winston = {
      warn: (message: string, meta?: object) => entries.push(['warn', message, { ...meta }]),
      error: (message: string, meta?: object) => entries.push(['error', message, { ...meta }]),
    }
    await evaluateAll(winston)
    expect(entries).toEqual([
      ['warn', LINES[0], { authorizer: 'pets', kind: 'NOTE' }],
      ['error', LINES[1], { authorizer: 'pets', kind: 'AUTHORIZER_ERROR' }],
    ])
    expect(JSON.stringify(entries)).not.toContain(CANARY)
  })

  test('the wrapper for pino passes the fields first', async () => {
    const { fromPino } = (await load('pino.ts')) as { fromPino: (pino: object) => Logger }
    const entries: object[] = []
    // pino's methods take an object, which it merges into the entry, and then the message. They need their `this`.
    const pino = {
      entries,
      warn(fields: object, msg: string) {
        this.entries.push({ level: 40, ...fields, msg })
      },
      error(fields: object, msg: string) {
        this.entries.push({ level: 50, ...fields, msg })
      },
    }
    await evaluateAll(fromPino(pino))
    expect(entries).toEqual([
      { level: 40, authorizer: 'pets', kind: 'NOTE', msg: LINES[0] },
      { level: 50, authorizer: 'pets', kind: 'AUTHORIZER_ERROR', msg: LINES[1] },
    ])
  })

  test('the console gets the message only', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const authorizer = createAuthorizer({ name: 'pets', authorize: allowOne, contract: aws.token() })
    for (const line of ['GET /pets', 'GET /toys']) await authorizer.evaluate(withToken('t', line))
    await authorizer.evaluate(withToken('broken'))
    expect([warn.mock.calls, error.mock.calls]).toEqual([[[LINES[0]]], [[LINES[1]]]])
  })
})

describe('OpenTelemetry', () => {
  interface SpanRecord {
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
    readonly startTime: number
    readonly parent: string | undefined
    endTime?: number
  }

  /** The part of the OpenTelemetry API that the recipe uses, recorded. The active span is a string. */
  const fakeApi = () => {
    const active = new AsyncLocalStorage<string>()
    const spans: SpanRecord[] = []
    const measures: unknown[] = []
    const record =
      (name: string) =>
      (value: number, labels: object): number =>
        measures.push([name, value, labels])
    return {
      active,
      spans,
      measures,
      meter: {
        createCounter: (name: string) => ({ add: record(name) }),
        createHistogram: (name: string, options: object) => ({ record: record(`${name} ${JSON.stringify(options)}`) }),
      },
      tracer: {
        startSpan: (name: string, options: Pick<SpanRecord, 'attributes' | 'startTime'>) => {
          const span: SpanRecord = { name, ...options, parent: active.getStore() }
          spans.push(span)
          return { end: (endTime: number) => void (span.endTime = endTime) }
        },
      },
    }
  }

  test('SEC-102 SEC-101 the recipe counts by verdict, reason and cache state, and traces each decision', async () => {
    const { startTelemetry } = (await load('telemetry.ts')) as {
      startTelemetry: (tracer: Tracer, meter: Meter) => () => void
    }
    const api = fakeApi()
    const stop = startTelemetry(api.tracer as unknown as Tracer, api.meter as unknown as Meter)
    try {
      await api.active.run('request span', () => evaluateAll(null))
    } finally {
      stop()
    }
    await evaluateAll(null)

    const rows = [
      { verdict: 'allow', reason: 'ALLOWED', cache: 'miss' },
      { verdict: 'deny', reason: 'IMPLICIT_DENY', cache: 'hit' },
      { verdict: 'deny', reason: 'IDENTITY_SOURCE_MISSING', cache: 'unused' },
      { verdict: 'deny', reason: 'AUTHORIZER_ERROR', cache: 'miss' },
    ].map(({ verdict, reason, cache }) => ({ authorizer: 'pets', verdict, reason, cache }))
    const named = (name: string): unknown[] => api.measures.filter((each) => (each as unknown[])[0] === name)
    expect(named('custom_authorizer.decisions')).toEqual(rows.map((row) => ['custom_authorizer.decisions', 1, row]))
    const durations = 'custom_authorizer.duration {"unit":"ms"}'
    expect(named(durations)).toEqual(rows.map((row) => [durations, 0, row]))
    expect(named('custom_authorizer.problems')).toEqual(
      ['NOTE', 'AUTHORIZER_ERROR'].map((kind) => ['custom_authorizer.problems', 1, { authorizer: 'pets', kind }]),
    )

    const common = { 'http.request.method': 'GET', 'url.path': '/pets' }
    const id = expect.stringMatching(/^[\da-f-]{36}$/) as unknown
    expect(api.spans.map(({ attributes }) => attributes)).toEqual([
      { ...rows[0], ...common },
      { ...rows[1], ...common, 'url.path': '/toys', 'http.response.status_code': 403, 'request.id': id },
      { ...rows[2], ...common, 'http.response.status_code': 401, 'request.id': id },
      {
        ...rows[3],
        ...common,
        'http.response.status_code': 500,
        'error.type': 'AUTHORIZER_ERROR',
        'request.id': id,
      },
    ])
    for (const { name, parent, startTime, endTime } of api.spans)
      expect({ name, parent, lasts: (endTime ?? 0) - startTime }).toEqual({
        name: 'authorize',
        parent: 'request span',
        lasts: 0,
      })
    expect(JSON.stringify([api.spans, api.measures])).not.toContain(CANARY)
  })
})
