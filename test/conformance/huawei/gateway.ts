/** APIG: how a row becomes one or several authorizers, and how its expectations are read. @module */
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import type { FakeClock } from '@custom-authorizer/core/testing'
import { titleOf, toThrown } from '../runner/corpus.ts'
import { RecordedFunction } from '../runner/recorded-function.ts'
import type { GatewayKind, Subject } from '../runner/run-row.ts'
import {
  type AuthorizerDescription,
  expand,
  type FunctionDescription,
  HUAWEI_RESPONSES,
  type HuaweiCorpus,
  type HuaweiRow,
  type PolicyDescription,
  type Style,
} from './corpus.ts'

/** The default function, which must not be called. It allows everything, so that a call also changes the response. */
const NOT_TO_BE_CALLED: FunctionDescription = { answer: { $allow: { called: 'yes' } } }

const CONTRACTS = { frontend: huawei.frontend, backend: huawei.backend } as const

type Callback = (error?: unknown, result?: unknown) => void

const STYLES: Readonly<Record<Style, (result: unknown, error: unknown, callback: Callback) => unknown>> = {
  async: (result) => Promise.resolve(result),
  'async text': (result) => Promise.resolve(JSON.stringify(result)),
  callback: (result, _, callback) => callback(null, result),
  'callback text': (result, _, callback) => callback(null, JSON.stringify(result)),
  throw: (_, error) => {
    throw error
  },
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- functions can throw any value
  reject: (_, error) => Promise.reject(error),
  'callback error': (_, error, callback) => callback(error),
}

const toFunction = ({ answer, error, silent }: FunctionDescription, style: Style): RecordedFunction => {
  const result = expand(answer)
  return new RecordedFunction((_event, _context, callback: Callback) =>
    silent === true ? undefined : STYLES[style](result, toThrown(error), callback),
  )
}

const functionOf = ({ handler = NOT_TO_BE_CALLED }: AuthorizerDescription): FunctionDescription => handler

/** The styles of a function; default one that fits its description. */
const stylesOf = ({ styles, error }: FunctionDescription): readonly Style[] =>
  styles ?? (error === undefined ? ['async'] : ['throw'])

/** One test for each style of the first function of the row. */
const casesOf = (row: HuaweiRow): readonly (readonly [title: string, style: Style])[] => {
  const styles = stylesOf(functionOf(row.frontend ?? row.backend ?? {}))
  return styles.map((style) => [titleOf(row, styles.length > 1 ? style : ''), style])
}

const setUp = (row: HuaweiRow, firstStyle: Style, clock: FakeClock): Subject => {
  const { frontend, backend, policies, parameters, parameterOptions } = row
  const first = frontend === undefined ? 'backend' : 'frontend'
  const functions = new Map<string, RecordedFunction>()
  const create = (kind: 'frontend' | 'backend', name: string, member: AuthorizerDescription): Authorizer<never> => {
    const description = functionOf(member)
    const [ownStyle = 'async'] = stylesOf(description)
    const fn = toFunction(description, name === first ? firstStyle : ownStyle)
    functions.set(name, fn)
    return createAuthorizer({
      authorize: fn.handler as never,
      contract: CONTRACTS[kind](expand(member.options ?? {}) as object) as never,
      clock,
      logger: null,
    }) as unknown as Authorizer<never>
  }
  const front = frontend && create('frontend', 'frontend', frontend)
  const back = backend && create('backend', 'backend', backend)
  const toPolicy = ({ backend: own, ...policy }: PolicyDescription): huawei.BackendPolicy =>
    ({ ...policy, ...(own && { backend: create('backend', policy.name, own) }) }) as unknown as huawei.BackendPolicy
  const authorizer =
    front !== undefined && (back !== undefined || policies !== undefined)
      ? huawei.both({
          frontend: front,
          ...(back && { backend: back }),
          ...(policies && { policies: policies.map(toPolicy) }),
        })
      : (front ?? back)
  return {
    authorizer: authorizer as Authorizer<never>,
    functions,
    ...(parameters && {
      mountOptions: {
        parameterMapping: huawei.backendParameters(parameters as huawei.BackendParameter[], parameterOptions),
      },
    }),
  }
}

export const apig: GatewayKind<HuaweiCorpus, Style> = {
  responses: HUAWEI_RESPONSES,
  casesOf,
  setUp: (_, row, style, clock) => setUp(row, style, clock),
  expand,
  toExpectation: ({ expect: { service, events = {}, ...response }, calls }) => ({
    ...(service && { service }),
    response,
    calls,
    events,
  }),
}
