/** Reads the corpus and expands its abbreviations; the format is described next to the data. @module */
import { readFileSync } from 'node:fs'
import type { RawRequest } from '../../support/raw-client.ts'

/** An answer that the gateway gives by itself. */
export interface ExpectedAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
}

/** What the code behind sees. */
export interface Seen {
  /** `requestContext.authorizer`, or `null` where no authorizer was asked. */
  readonly authorizer?: unknown
  readonly context?: unknown
  /** Each header by name: its values, none when it is not to be there. */
  readonly headers?: Readonly<Record<string, readonly string[]>>
  readonly target?: string
  readonly query?: unknown
}

/** Members of an event: some of them, or all there are of one. */
export interface ExpectedEvent {
  readonly some?: Readonly<Record<string, unknown>>
  readonly exactly?: Readonly<Record<string, unknown>>
  readonly members?: readonly string[]
  readonly absent?: Readonly<Record<string, readonly string[]>>
}

interface Expected extends Partial<ExpectedAnswer> {
  readonly answer?: string
  readonly service?: Seen
  readonly events?: Readonly<Record<string, ExpectedEvent>>
}

export type Step =
  | { readonly flush: true }
  | { readonly advanceMs: number; readonly expect?: undefined }
  | {
      readonly request?: RawRequest
      readonly advanceMs?: number
      readonly expect: Expected
      /** How often each function has been called since the row began; those not named, never. */
      readonly calls: Readonly<Record<string, number>>
    }

export type Style = 'async' | 'async text' | 'callback' | 'callback text' | 'throw' | 'reject' | 'callback error'

/** A FunctionGraph function described as data. */
export interface FunctionDescription {
  readonly styles?: readonly Style[]
  readonly answer?: unknown
  readonly error?: { readonly Error: string } | { readonly value: unknown }
  readonly silent?: true
}

export interface Member {
  readonly options?: Readonly<Record<string, unknown>>
  readonly handler?: FunctionDescription
}

interface Policy {
  readonly name: string
  readonly conditions: readonly unknown[]
  readonly effectMode?: 'ALL' | 'ANY'
  readonly backend?: Member
}

export interface Row {
  readonly id: string
  readonly rules: readonly string[]
  readonly title: string
  readonly frontend?: Member
  readonly backend?: Member
  readonly policies?: readonly Policy[]
  readonly mount?: Readonly<Record<string, unknown>>
  readonly parameters?: readonly unknown[]
  readonly parameterOptions?: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
}

export interface Corpus {
  readonly request: RawRequest
  readonly rows: readonly Row[]
}

interface Answers {
  readonly common: {
    readonly headers: Readonly<Record<string, string>>
    readonly patterns: Readonly<Record<string, string>>
    readonly absent: readonly string[]
  }
  readonly answers: Readonly<Record<string, ExpectedAnswer>>
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../corpus/huawei/${name}.json`, import.meta.url), 'utf8'))

export const FILES = [
  'flow',
  'events',
  'identities',
  'gateway-responses',
  'backend-parameters',
  'cache',
  'policies',
] as const
export const readCorpus = (name: (typeof FILES)[number]): Corpus => read(name) as Corpus
export const ANSWERS: Answers = read('answers') as Answers

/** A row of the table of results: one function, without and with relaxed mode. */
interface ResultRow {
  readonly id: string
  readonly rules: readonly string[]
  readonly title: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly parameters?: readonly unknown[]
  readonly handler: FunctionDescription
  readonly advanceMs?: number
  readonly strict: Expected
  /** Absent where relaxed mode changes nothing. */
  readonly relaxed?: Expected
}

interface Results {
  readonly styles: readonly Style[]
  readonly request: RawRequest
  readonly rows: readonly ResultRow[]
}

const inMode = (row: ResultRow, relaxed: boolean, styles: readonly Style[]): Row => {
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

/** Every row of the table of results twice: without and with relaxed mode. */
export const readResults = (name: 'results' | 'answers-of-functions'): Corpus => {
  const { request, rows, styles } = read(name) as Results
  return { request, rows: rows.flatMap((row) => [inMode(row, false, styles), inMode(row, true, styles)]) }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `{x*1000}` in a text: that character so many times. */
const repeated = (text: string): string =>
  text.replace(/\{(.)\*(\d+)\}/gu, (_, char: string, count: string) => char.repeat(Number(count)))

const saying = (status: string, context: unknown): unknown => ({
  statusCode: 200,
  body: JSON.stringify({ status, ...(context !== null && { context }) }),
})

/** An answer of exactly so many bytes as JSON text, filled up with a context value. */
const padded = (bytes: number): unknown => {
  const empty = JSON.stringify(saying('allow', { pad: '' }))
  return saying('allow', { pad: 'x'.repeat(bytes - empty.length) })
}

const ABBREVIATIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  $allow: (context) => saying('allow', context),
  $deny: (context) => saying('deny', context),
  $body: (body) => ({ statusCode: 200, body }),
  $bytes: (bytes) => padded(bytes as number),
}

/** Replaces repetitions in every text and the abbreviations for whole answers. */
export const expand = (value: unknown): unknown => {
  if (typeof value === 'string') return repeated(value)
  if (Array.isArray(value)) return value.map(expand)
  if (!isRecord(value)) return value
  const [key = ''] = Object.keys(value)
  const abbreviation = ABBREVIATIONS[key]
  if (abbreviation !== undefined) return abbreviation(expand(value[key]))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [repeated(name), expand(member)]))
}
