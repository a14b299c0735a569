/** Puts one row for HTTP APIs through one adapter, step by step, over raw sockets. @module */
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect } from 'vitest'
import { expand, type ExpectedAnswer, type HandlerDescription, type Style } from '../rest/corpus.ts'
import { Lambda } from '../rest/lambda.ts'
import type { Adapter, Service } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import type { RawAnswer, RawRequest } from '../../support/raw-client.ts'
import { type Format, FORMATS, HTTP_ANSWERS, type HttpCorpus, type HttpExpected, type HttpRow } from './rows.ts'

/** A function that must not be called says yes in both shapes, so that calling it shows in the answer as well. */
const NOT_TO_BE_CALLED: HandlerDescription = { styles: ['async'], result: { $allow: '*', isAuthorized: true } }

export const stylesOf = ({ handler = NOT_TO_BE_CALLED }: HttpRow): readonly Style[] => handler.styles

/** `AWS-OUT-22 K3-OUT-22 an Effect … (1.0)`: the rules, the row, and what it is run with. */
export const titleOf = ({ rules, id, title }: HttpRow, format: Format, style: Style): string =>
  `${rules.join(' ')} ${id} ${title} (${format}, ${style})`

/** An answer that the gateway gives by itself, byte for byte. */
const expectAnswer = (answer: RawAnswer, expected: ExpectedAnswer): void => {
  const { common } = HTTP_ANSWERS
  expect(answer.body).toBe(expected.body)
  expect(answer.status).toBe(expected.status)
  expect(answer.header('content-length')).toBe(String(answer.bytes.length))
  for (const [name, value] of Object.entries({ ...common.headers, ...expected.headers }))
    expect(answer.header(name), name).toBe(value)
  for (const [name, pattern] of Object.entries(common.patterns))
    expect(answer.header(name), name).toMatch(new RegExp(pattern))
  for (const name of common.absent) expect(answer.values(name), name).toEqual([])
}

const expectIntegration = (answer: RawAnswer, { authorizer }: HttpExpected, { hasLocals }: Adapter): void => {
  expect(answer.status, answer.body).toBe(200)
  const seen = JSON.parse(answer.body) as {
    authorizer: { context: object; requestContext: { authorizer: object } }
    locals: unknown
  }
  if (hasLocals) expect(seen.locals).toEqual(seen.authorizer)
  if (authorizer !== undefined) expect(seen.authorizer.requestContext.authorizer).toEqual(authorizer)
}

/** Placeholders for what is new in every event. */
const PLACEHOLDERS: Readonly<Record<string, unknown>> = {
  '<request id>': expect.stringMatching(/^[\w+/]{15}=$/),
  '<trace id>': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/),
}

const filledIn = (value: unknown): unknown => {
  if (typeof value === 'string') return Object.hasOwn(PLACEHOLDERS, value) ? PLACEHOLDERS[value] : value
  if (Array.isArray(value)) return value.map(filledIn)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each)]))
}

const expectEvent = (event: Readonly<Record<string, unknown>>, expected: HttpExpected): void => {
  if (expected.event !== undefined) expect(event).toMatchObject(filledIn(expand(expected.event)) as object)
  if (expected.eventMembers !== undefined) expect(Object.keys(event).sort()).toEqual([...expected.eventMembers].sort())
  for (const [member, value] of Object.entries(expected.eventExactly ?? {})) {
    if (value === '<absent>') expect(event, member).not.toHaveProperty(member)
    else expect(event[member], member).toStrictEqual(filledIn(expand(value)))
  }
}

const contractOf = (options: object): Contract<AnyFunction, 'typed'> => {
  const given = Object.entries(options).filter(([, value]) => value !== null)
  return aws.httpApi(Object.fromEntries(given) as never) as Contract<AnyFunction, 'typed'>
}

const check = async (
  adapter: Adapter,
  service: Service,
  lambda: Lambda,
  step: { readonly expect: HttpExpected; readonly calls: number },
  ask: () => Promise<RawAnswer>,
): Promise<void> => {
  const { answer: rule, integration } = step.expect
  const before = service.hits.length
  const answer = await ask()
  if (integration === true) expectIntegration(answer, step.expect, adapter)
  else expectAnswer(answer, HTTP_ANSWERS.answers[rule ?? ''] as ExpectedAnswer)
  expect(service.hits.length - before).toBe(integration === true ? 1 : 0)
  expect(service.errors).toEqual([])
  expect(lambda.events).toHaveLength(step.calls)
  expectEvent(lambda.events.at(-1) ?? {}, step.expect)
}

/** Puts a row through an adapter. */
export const runRow = async (
  adapter: Adapter,
  corpus: HttpCorpus,
  row: HttpRow,
  format: Format,
  style: Style,
): Promise<void> => {
  const clock = new TestClock()
  const lambda = new Lambda(row.handler ?? NOT_TO_BE_CALLED, style)
  const contract = contractOf({ ...corpus.options, ...row.options, ...FORMATS[format] })
  const authorizer = createAuthorizer({ authorize: lambda.handler as AnyFunction, contract, clock, logger: null })
  const guard = adapter.customAuthorizer(authorizer as never, row.mount)
  const service = await adapter.serve({ use: [guard], routes: [{ path: '*', method: 'ALL' }] })

  for (const step of row.steps) {
    if ('flush' in step) await authorizer.invalidateAll()
    else if (step.expect === undefined) clock.advance(step.advanceMs)
    else {
      const request = expand({ ...corpus.request, ...step.request }) as RawRequest
      await check(adapter, service, lambda, step, async () => {
        const called = lambda.nextCall()
        const answer = service.ask(request)
        if (step.advanceMs !== undefined) {
          await called
          clock.advance(step.advanceMs)
        }
        return answer
      })
    }
  }
}
