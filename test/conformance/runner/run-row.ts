/** Runs one row of the corpus through one adapter, step by step, over raw sockets. @module */
import type { Authorizer } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { expect } from 'vitest'
import type { Adapter, Service } from '../../support/adapters.ts'
import type { RawResponse, RawRequest } from '../../support/raw-client.ts'
import {
  type ExpectedEvent,
  type ExpectedService,
  expectEvent,
  expectGatewayResponse,
  expectService,
  showRequest,
} from './compare.ts'
import type { Corpus, ExpectedResponse, GatewayResponse, GatewayResponses, RequestStep, Row } from './corpus.ts'
import type { RecordedFunction } from './recorded-function.ts'

/** The authorizer of a row and the functions it calls, by name. */
export interface Subject {
  readonly authorizer: Authorizer<never>
  readonly functions: ReadonlyMap<string, RecordedFunction>
  /** Options of the mount that the row describes, besides its `mount`. */
  readonly mountOptions?: object
}

/** The expected result of one request in the terms of the runner. */
export interface Expectation {
  /** Absent if the gateway sends the response itself. */
  readonly service?: ExpectedService
  /** The response of the gateway: a named one, single members, or both. */
  readonly response: ExpectedResponse
  /** Calls of each function since the row began; default 0. */
  readonly calls: Readonly<Record<string, number>>
  /** The last event of each function. */
  readonly events: Readonly<Record<string, ExpectedEvent>>
}

type AnyCorpus = Corpus<Row>
type RowOf<C extends AnyCorpus> = C['rows'][number]
type RequestStepOf<C extends AnyCorpus> = Extract<RowOf<C>['steps'][number], RequestStep<unknown, unknown>>

/** A gateway kind: how its rows become a contract and its steps an expectation. */
export interface GatewayKind<C extends AnyCorpus, Variant> {
  readonly responses: GatewayResponses
  /** The tests of a row, one for each variant, such as the style of the function. */
  casesOf(row: RowOf<C>, corpus: C): readonly (readonly [title: string, variant: Variant])[]
  /** Builds the authorizer with the contract of the row. */
  setUp(corpus: C, row: RowOf<C>, variant: Variant, clock: FakeClock): Subject
  /** Expands the abbreviations of the corpus. */
  expand(value: unknown): unknown
  toExpectation(step: RequestStepOf<C>, row: RowOf<C>): Expectation
  /** Whether the order of an event's members is compared too. */
  readonly ordersEventMembers?: true
}

interface Run extends Subject {
  readonly adapter: Adapter
  readonly clock: FakeClock
  readonly kind: Pick<GatewayKind<never, never>, 'responses' | 'ordersEventMembers'>
  readonly service: Service
}

/** Runs a row in one variant. */
export const runRow = async <C extends AnyCorpus, Variant>(
  adapter: Adapter,
  kind: GatewayKind<C, Variant>,
  corpus: C,
  row: RowOf<C>,
  variant: Variant,
): Promise<void> => {
  const clock = fakeClock()
  const subject = kind.setUp(corpus, row, variant, clock)
  const expectationOf = (step: RequestStep<ExpectedResponse, unknown>): Expectation =>
    kind.toExpectation(step as RequestStepOf<C>, row)
  const headerNames = row.steps.flatMap((step) =>
    'calls' in step ? Object.keys(expectationOf(step).service?.headers ?? {}) : [],
  )
  const service = await adapter.serve({
    use: [adapter.customAuthorizer(subject.authorizer, { ...row.mount, ...subject.mountOptions })],
    routes: [{ method: 'ALL', path: '*', handle: showRequest(headerNames) }],
  })
  const run: Run = { ...subject, adapter, clock, kind, service }
  for (const step of row.steps) {
    if ('flush' in step) await subject.authorizer.invalidateAll()
    else if (step.expect === undefined) clock.advanceSync(step.advanceMs)
    else {
      const request = kind.expand({ ...corpus.request, ...step.request }) as RawRequest
      await check(run, request, step.advanceMs, expectationOf(step))
    }
  }
}

const send = async (
  { clock, functions, service }: Run,
  request: RawRequest,
  advanceMs: number | undefined,
): Promise<RawResponse> => {
  if (advanceMs === undefined) return service.send(request)
  const called = Promise.race([...functions.values()].map((each) => each.nextCall()))
  const response = service.send(request)
  await called
  clock.advanceSync(advanceMs)
  return response
}

const check = async (
  run: Run,
  request: RawRequest,
  advanceMs: number | undefined,
  expectation: Expectation,
): Promise<void> => {
  const { adapter, functions, kind, service } = run
  const hitsBefore = service.hits.length
  const response = await send(run, request, advanceMs)
  if (expectation.service === undefined) {
    const { answer: name, ...own } = expectation.response
    const named = name === undefined ? undefined : kind.responses.answers[name]
    expectGatewayResponse(response, { ...named, ...own } as GatewayResponse, kind.responses, adapter)
  } else expectService(response, expectation.service, adapter)
  expect(service.hits.length - hitsBefore, 'requests that reached the service').toBe(
    expectation.service === undefined ? 0 : 1,
  )
  expect(service.errors).toEqual([])
  for (const [name, { events }] of functions)
    expect(events.length, `calls of ${name}`).toBe(expectation.calls[name] ?? 0)
  for (const [name, event] of Object.entries(expectation.events))
    expectEvent(functions.get(name)?.events.at(-1), event, kind.ordersEventMembers)
}
