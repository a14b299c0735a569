/** Puts one row of the corpus through one adapter, step by step, over raw sockets. @module */
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect } from 'vitest'
import type { Adapter, Service } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import type { RawAnswer, RawRequest } from '../../support/raw-client.ts'
import {
  ANSWERS,
  type Corpus,
  expand,
  type ExpectedAnswer,
  type FunctionDescription,
  type Member,
  type Row,
  type Step,
  type Style,
} from './corpus.ts'
import { expectAnswer, expectEvent, expectSeen, show } from './expectations.ts'
import { FunctionGraphFunction, stylesOf } from './function.ts'

/** A function that must not be called allows everything, so that calling it shows in the answer as well. */
const NOT_TO_BE_CALLED: FunctionDescription = { answer: { $allow: { called: 'yes' } } }

const CONTRACTS = { frontend: huawei.frontend, backend: huawei.backend } as const

const describedBy = ({ handler = NOT_TO_BE_CALLED }: Member): FunctionDescription => handler

/** The styles in which a row's first function is written; each is a test of its own. */
export const rowStyles = ({ frontend, backend }: Row): readonly Style[] =>
  stylesOf(describedBy(frontend ?? backend ?? {}))

/** `HW-RSP-06 R15 status Allow …`; the style is added where there are several. */
export const titleOf = (row: Row, style: Style): string =>
  `${row.rules.join(' ')} ${row.id} ${row.title}${rowStyles(row).length > 1 ? ` (${style})` : ''}`

/** The authorizers of a row and the functions behind them, by name. */
export class HandlerSet {
  readonly clock = new TestClock()
  readonly functions = new Map<string, FunctionGraphFunction>()
  readonly authorizer: Authorizer<never>

  constructor({ frontend, backend, policies }: Row, style: Style) {
    const first = frontend === undefined ? 'backend' : 'frontend'
    const make = (kind: 'frontend' | 'backend', name: string, member: Member): Authorizer<never> => {
      const description = describedBy(member)
      const fn = new FunctionGraphFunction(description, name === first ? style : (stylesOf(description)[0] ?? 'async'))
      this.functions.set(name, fn)
      return createAuthorizer({
        authorize: fn.handler as never,
        contract: CONTRACTS[kind](expand(member.options ?? {}) as object) as never,
        clock: this.clock,
        logger: null,
      }) as unknown as Authorizer<never>
    }
    const front = frontend && make('frontend', 'frontend', frontend)
    const back = backend && make('backend', 'backend', backend)
    this.authorizer =
      front !== undefined && (back !== undefined || policies !== undefined)
        ? (huawei.both({
            frontend: front,
            ...(back && { backend: back }),
            ...(policies && {
              policies: policies.map(({ backend: own, ...policy }) => ({
                ...policy,
                ...(own && { backend: make('backend', policy.name, own) }),
              })) as unknown as huawei.BackendPolicy[],
            }),
          }) as unknown as Authorizer<never>)
        : ((front ?? back) as Authorizer<never>)
  }
}

const headerNames = ({ steps }: Row): readonly string[] =>
  steps.flatMap((step) => ('expect' in step ? Object.keys(step.expect?.service?.headers ?? {}) : []))

/** Puts a row through an adapter. */
export const runRow = async (adapter: Adapter, corpus: Corpus, row: Row, style: Style): Promise<void> => {
  const cast = new HandlerSet(row, style)
  const { parameters, parameterOptions } = row
  const guard = adapter.customAuthorizer(cast.authorizer, {
    ...row.mount,
    ...(parameters && {
      parameterMapping: huawei.backendParameters(parameters as huawei.BackendParameter[], parameterOptions),
    }),
  })
  const routes = ['GET', 'POST'].map((method) => ({ method, path: '*', handle: show(headerNames(row)) }))
  const service = await adapter.serve({ use: [guard], routes })
  for (const step of row.steps) {
    if ('flush' in step) await cast.authorizer.invalidateAll()
    else if (step.expect === undefined) cast.clock.advance(step.advanceMs)
    else await check(adapter, service, cast, step, expand({ ...corpus.request, ...step.request }) as RawRequest)
  }
}

const ask = async (
  service: Service,
  { clock, functions }: HandlerSet,
  request: RawRequest,
  advanceMs: number | undefined,
): Promise<RawAnswer> => {
  if (advanceMs === undefined) return service.ask(request)
  const called = Promise.race([...functions.values()].map((each) => each.nextCall()))
  const answer = service.ask(request)
  await called
  clock.advance(advanceMs)
  return answer
}

const check = async (
  adapter: Adapter,
  service: Service,
  cast: HandlerSet,
  { advanceMs, expect: expected, calls }: Extract<Step, { calls: unknown }>,
  request: RawRequest,
): Promise<void> => {
  const { answer: name, service: seen, events = {}, ...own } = expected
  const before = service.hits.length
  const answer = await ask(service, cast, request, advanceMs)
  if (seen === undefined) {
    const named = name === undefined ? undefined : ANSWERS.answers[name]
    expectAnswer(answer, { ...named, ...own } as ExpectedAnswer, adapter)
  } else expectSeen(answer, seen, adapter)
  expect(service.hits.length - before).toBe(seen === undefined ? 0 : 1)
  expect(service.errors).toEqual([])
  for (const [each, fn] of cast.functions) expect(fn.events.length, `calls of ${each}`).toBe(calls[each] ?? 0)
  for (const [each, event] of Object.entries(events)) expectEvent(cast.functions.get(each)?.events.at(-1), event)
}
