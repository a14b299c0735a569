/** The rows of the corpus for HTTP APIs, on every adapter, over raw sockets. */
import { readFileSync } from 'node:fs'
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, it, test } from 'vitest'
import { type Adapter, describeAdapters } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import type { RawAnswer, RawRequest } from '../../support/raw-client.ts'
import { type Expected, expand, type ExpectedAnswer, type HandlerDescription, type Row, type Style } from '../rest/corpus.ts'
import { Lambda } from '../rest/lambda.ts'

interface HttpCorpus {
  readonly options: aws.HttpApiOptions
  readonly request: RawRequest
  readonly common: {
    readonly headers: Readonly<Record<string, string>>
    readonly patterns: Readonly<Record<string, string>>
    readonly absent: readonly string[]
  }
  readonly answers: Readonly<Record<string, ExpectedAnswer>>
  readonly rows: readonly Row[]
}

const { options, request, common, answers, rows } = JSON.parse(
  readFileSync(new URL('../../corpus/aws/http-api.json', import.meta.url), 'utf8'),
) as HttpCorpus

/** A function that must not be called says yes in both shapes, so that calling it shows in the answer as well. */
const NOT_TO_BE_CALLED: HandlerDescription = { styles: ['async'], result: { $allow: '*', isAuthorized: true } }

const expectAnswer = (answer: RawAnswer, expected: ExpectedAnswer): void => {
  expect(answer.body).toBe(expected.body)
  expect(answer.status).toBe(expected.status)
  for (const [name, value] of Object.entries({ ...common.headers, ...expected.headers }))
    expect(answer.header(name), name).toBe(value)
  for (const [name, pattern] of Object.entries(common.patterns))
    expect(answer.header(name), name).toMatch(new RegExp(pattern))
  for (const name of common.absent) expect(answer.values(name), name).toEqual([])
}

const expectIntegration = (answer: RawAnswer, { authorizer }: Expected, { hasLocals }: Adapter): void => {
  expect(answer.status, answer.body).toBe(200)
  const seen = JSON.parse(answer.body) as {
    authorizer: { context: object; requestContext: { authorizer: object } }
    locals: unknown
  }
  if (hasLocals) expect(seen.locals).toEqual(seen.authorizer)
  if (authorizer === undefined) return
  expect(seen.authorizer.requestContext.authorizer).toEqual(authorizer)
  const { principalId: _, ...flat } = authorizer
  expect(seen.authorizer.context).toEqual('lambda' in authorizer ? (authorizer['lambda'] ?? {}) : flat)
}

const runRow = async (adapter: Adapter, row: Row, style: Style): Promise<void> => {
  const clock = new TestClock()
  const lambda = new Lambda(row.handler ?? NOT_TO_BE_CALLED, style)
  const contract = aws.httpApi({ ...options, ...row.options } as never) as Contract<AnyFunction, 'typed'>
  const authorizer = createAuthorizer({ authorize: lambda.handler as AnyFunction, contract, clock, logger: null })
  const guard = adapter.customAuthorizer(authorizer as never)
  const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })

  for (const step of row.steps) {
    if ('flush' in step) await authorizer.invalidateAll()
    else if (step.expect === undefined) clock.advance(step.advanceMs)
    else {
      const { answer: rule, integration, event } = step.expect
      const before = service.hits.length
      const called = lambda.nextCall()
      const asked = service.ask({ ...request, ...step.request })
      if (step.advanceMs !== undefined) {
        await called
        clock.advance(step.advanceMs)
      }
      const answer = await asked
      if (integration === true) expectIntegration(answer, step.expect, adapter)
      else expectAnswer(answer, answers[rule ?? ''] as ExpectedAnswer)
      expect(service.hits.length - before).toBe(integration === true ? 1 : 0)
      expect(service.errors).toEqual([])
      expect(lambda.events).toHaveLength(step.calls)
      if (event !== undefined) expect(lambda.events.at(-1)).toMatchObject(expand(event) as object)
    }
  }
}

const cases = rows.flatMap((row) => {
  const { styles } = row.handler ?? NOT_TO_BE_CALLED
  const title = `${row.rules.join(' ')} ${row.id} ${row.title}`
  return styles.map((style) => [styles.length > 1 ? `${title} (${style})` : title, row, style] as const)
})

describeAdapters('HTTP API', (adapter) => {
  it.each(cases)('%s', (_, row, style) => runRow(adapter, row, style))
})

test('the corpus has every row of section 17.3, and no id twice', () => {
  const ids = rows.map(({ id }) => id)
  expect(ids).toEqual(
    expect.arrayContaining(Array.from({ length: 20 }, (_, n) => `H${String(n + 1).padStart(2, '0')}`)),
  )
  expect(new Set(ids).size).toBe(ids.length)
})
