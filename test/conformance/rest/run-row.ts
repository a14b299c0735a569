/** Puts one row of the corpus through one adapter, step by step, over raw sockets. @module */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect } from 'vitest'
import type { Adapter, Service } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import type { RawAnswer, RawRequest } from '../../support/raw-client.ts'
import {
  ANSWERS,
  type Corpus,
  type Expected,
  expand,
  type ExpectedAnswer,
  type HandlerDescription,
  type Row,
  type Step,
  type Style,
} from './corpus.ts'
import { Lambda } from './lambda.ts'

/** A function that must not be called allows everything, so that calling it shows in the answer as well. */
const NOT_TO_BE_CALLED: HandlerDescription = { styles: ['async'], result: { $allow: '*' } }

/** The styles in which a row's function is written; each is a test of its own. */
export const stylesOf = ({ handler = NOT_TO_BE_CALLED }: Row): readonly Style[] => handler.styles

/** `AWS-REST-06 T01 a request without …`; the style is added where there are several. */
export const titleOf = (row: Row, style: Style): string =>
  `${row.rules.join(' ')} ${row.id} ${row.title}${stylesOf(row).length > 1 ? ` (${style})` : ''}`

const CONTRACTS = { token: aws.token, request: aws.request as unknown as typeof aws.token }

const contractOf = ({ contract, options }: Corpus, row: Row): ReturnType<typeof aws.token> => {
  const given = Object.entries({ ...options, ...row.options }).filter(([, value]) => value !== null)
  return CONTRACTS[contract](Object.fromEntries(given))
}

const expectHeaders = (answer: RawAnswer, expected: ExpectedAnswer, { keepsSpelling }: Adapter): void => {
  const { common } = ANSWERS
  const named = new Set(Object.keys(expected.headers).map((name) => name.toLowerCase()))
  const inherited = Object.entries(common.headers).filter(([name]) => !named.has(name.toLowerCase()))
  for (const [name, value] of [...inherited, ...Object.entries(expected.headers)]) {
    expect(answer.header(name), name).toBe(value)
    if (keepsSpelling) expect(answer.lines.map(([each]) => each)).toContain(name)
  }
  for (const [name, pattern] of Object.entries(common.patterns))
    expect(answer.header(name), name).toMatch(new RegExp(pattern))
  for (const name of [...common.absent, ...(expected.absent ?? [])]) expect(answer.values(name), name).toEqual([])
}

/** An answer that the gateway gives by itself. */
export const expectAnswer = (answer: RawAnswer, expected: ExpectedAnswer, adapter: Adapter): void => {
  expect(answer.body).toBe(expected.body)
  expect(answer.status).toBe(expected.status)
  expect(answer.header('Content-Length')).toBe(String(answer.bytes.length))
  expectHeaders(answer, expected, adapter)
}

const wanted = (value: unknown): unknown => (value === '<number>' ? expect.any(Number) : value)

/** An answer of the application's own route, which shows what the authorizer said in every place that there is. */
const expectIntegration = (answer: RawAnswer, { authorizer }: Expected, { hasLocals }: Adapter): void => {
  expect(answer.status, answer.body).toBe(200)
  const seen = JSON.parse(answer.body) as {
    authorizer: { principalId: string; context: object; requestContext: { authorizer: object } }
    locals: unknown
  }
  if (hasLocals) expect(seen.locals).toEqual(seen.authorizer)
  if (authorizer === undefined) return
  const expected = Object.fromEntries(Object.entries(authorizer).map(([key, value]) => [key, wanted(value)]))
  expect(seen.authorizer.requestContext.authorizer).toEqual(expected)
  const { principalId, integrationLatency: _, ...context } = authorizer
  expect(seen.authorizer.principalId).toBe(principalId)
  expect(seen.authorizer.context).toMatchObject(context)
}

/** Puts a row through an adapter. */
export const runRow = async (adapter: Adapter, corpus: Corpus, row: Row, style: Style): Promise<void> => {
  const clock = new TestClock()
  const lambda = new Lambda(row.handler ?? NOT_TO_BE_CALLED, style)
  const authorizer = createAuthorizer({
    authorize: lambda.handler as never,
    contract: contractOf(corpus, row),
    clock,
    logger: null,
  })
  const guard = adapter.customAuthorizer(authorizer as never, row.mount)
  const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })

  const ask = async (step: Extract<Step, { expect: Expected }>): Promise<RawAnswer> => {
    const request = expand({ ...corpus.request, ...step.request }) as RawRequest
    if (step.advanceMs === undefined) return service.ask(request)
    const called = lambda.nextCall()
    const answer = service.ask(request)
    await called
    clock.advance(step.advanceMs)
    return answer
  }

  for (const step of row.steps) {
    if ('flush' in step) await authorizer.invalidateAll()
    else if (step.expect === undefined) clock.advance(step.advanceMs)
    else await check(adapter, service, lambda, step, () => ask(step))
  }
}

const check = async (
  adapter: Adapter,
  service: Service,
  lambda: Lambda,
  step: Extract<Step, { expect: Expected }>,
  ask: () => Promise<RawAnswer>,
): Promise<void> => {
  const { answer: rule, integration, event, eventMembers, ...own } = step.expect
  const before = service.hits.length
  const answer = await ask()
  if (integration === true) expectIntegration(answer, step.expect, adapter)
  else
    expectAnswer(
      answer,
      { ...(rule === undefined ? undefined : ANSWERS.answers[rule]), ...own } as ExpectedAnswer,
      adapter,
    )
  expect(service.hits.length - before).toBe(integration === true ? 1 : 0)
  expect(service.errors).toEqual([])
  expect(lambda.events).toHaveLength(step.calls)
  if (event !== undefined) expect(lambda.events.at(-1)).toMatchObject(expand(event) as object)
  if (eventMembers !== undefined) expect(Object.keys(lambda.events.at(-1) ?? {})).toEqual(eventMembers)
}
