/** Reads the Huawei corpus and expands its abbreviations; the README next to the data documents the format. @module */
import type { ExpectedEvent, ExpectedService } from '../runner/compare.ts'
import {
  type Corpus,
  type ErrorDescription,
  type ExpectedResponse,
  type GatewayResponses,
  isRecord,
  readCorpusFile,
  repeatCharacters,
  type Row,
} from '../runner/corpus.ts'
import type { RawRequest } from '../../support/raw-client.ts'

interface HuaweiExpected extends ExpectedResponse {
  readonly service?: ExpectedService
  readonly events?: Readonly<Record<string, ExpectedEvent>>
}

/** Calls of each function since the row began; default 0. */
type Calls = Readonly<Record<string, number>>

export type Style = 'async' | 'async text' | 'callback' | 'callback text' | 'throw' | 'reject' | 'callback error'

/** A FunctionGraph function described as data. */
export interface FunctionDescription {
  readonly styles?: readonly Style[]
  readonly answer?: unknown
  readonly error?: ErrorDescription
  readonly silent?: true
}

/** One of the authorizers of a row. */
export interface AuthorizerDescription {
  readonly options?: Readonly<Record<string, unknown>>
  readonly handler?: FunctionDescription
}

export interface PolicyDescription {
  readonly name: string
  readonly conditions: readonly unknown[]
  readonly effectMode?: 'ALL' | 'ANY'
  readonly backend?: AuthorizerDescription
}

export interface HuaweiRow extends Row<HuaweiExpected, Calls> {
  readonly frontend?: AuthorizerDescription
  readonly backend?: AuthorizerDescription
  readonly policies?: readonly PolicyDescription[]
  readonly parameters?: readonly unknown[]
  readonly parameterOptions?: Readonly<Record<string, unknown>>
}

export type HuaweiCorpus = Corpus<HuaweiRow>

export const HUAWEI_FILES = [
  'flow',
  'events',
  'identities',
  'gateway-responses',
  'backend-parameters',
  'cache',
  'policies',
] as const

export const readHuaweiCorpus = (name: (typeof HUAWEI_FILES)[number]): HuaweiCorpus =>
  readCorpusFile('huawei', name) as HuaweiCorpus

export const HUAWEI_RESPONSES = readCorpusFile('huawei', 'answers') as GatewayResponses

/** A row of the results table: one function, without and with relaxed mode. */
interface ResultRow {
  readonly id: string
  readonly rules: readonly string[]
  readonly title: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly parameters?: readonly unknown[]
  readonly handler: FunctionDescription
  readonly advanceMs?: number
  readonly strict: HuaweiExpected
  /** Default: `strict`. */
  readonly relaxed?: HuaweiExpected
}

interface Results {
  readonly styles: readonly Style[]
  readonly request: RawRequest
  readonly rows: readonly ResultRow[]
}

const inMode = (row: ResultRow, relaxed: boolean, styles: readonly Style[]): HuaweiRow => {
  const { id, rules, title, options, handler, parameters, advanceMs, strict } = row
  const expect = relaxed ? (row.relaxed ?? strict) : strict
  return {
    id,
    rules: relaxed ? [...rules, 'HW-RSP-14'] : rules,
    title: relaxed ? `${title}; relaxed` : title,
    frontend: {
      options: { ...options, ...(relaxed && { authDowngradeEnabled: true }) },
      handler: { styles: handler.silent === true ? ['async'] : styles, ...handler },
    },
    ...(parameters && { parameters }),
    steps: [{ ...(advanceMs !== undefined && { advanceMs }), expect, calls: { frontend: 1 } }],
  }
}

export const RESULT_FILES = ['results', 'answers-of-functions'] as const

/** Reads a file of results; each row becomes two, one without and one with relaxed mode. */
export const readResults = (name: (typeof RESULT_FILES)[number]): HuaweiCorpus => {
  const { request, rows, styles } = readCorpusFile('huawei', name) as Results
  return { request, rows: rows.flatMap((row) => [inMode(row, false, styles), inMode(row, true, styles)]) }
}

const resultWith = (status: string, context: unknown): unknown => ({
  statusCode: 200,
  body: JSON.stringify({ status, ...(context !== null && { context }) }),
})

/** A result with exactly this many bytes as JSON text, padded with a context value. */
const padded = (bytes: number): unknown => {
  const empty = JSON.stringify(resultWith('allow', { pad: '' }))
  return resultWith('allow', { pad: 'x'.repeat(bytes - empty.length) })
}

const ABBREVIATIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  $allow: (context) => resultWith('allow', context),
  $deny: (context) => resultWith('deny', context),
  $body: (body) => ({ statusCode: 200, body }),
  $bytes: (bytes) => padded(bytes as number),
}

/** Expands repetitions in every string, and the abbreviations for whole results. */
export const expand = (value: unknown): unknown => {
  if (typeof value === 'string') return repeatCharacters(value)
  if (Array.isArray(value)) return value.map(expand)
  if (!isRecord(value)) return value
  const [key = ''] = Object.keys(value)
  const abbreviation = ABBREVIATIONS[key]
  if (abbreviation !== undefined) return abbreviation(expand(value[key]))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [repeatCharacters(name), expand(member)]))
}
