/** The parts of the corpus format that every gateway kind shares; documented in the README next to the data. @module */
import { readFileSync } from 'node:fs'
import type { RawRequest } from '../../support/raw-client.ts'

/** A response that the gateway sends itself. */
export interface GatewayResponse {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
}

/** The named responses of a gateway, and the headers that all of them share. */
export interface GatewayResponses {
  readonly common: {
    readonly headers: Readonly<Record<string, string>>
    readonly patterns: Readonly<Record<string, string>>
    readonly absent: readonly string[]
  }
  readonly answers: Readonly<Record<string, GatewayResponse>>
}

/** The expected response of the gateway: a named one, single members, or both. */
export interface ExpectedResponse extends Partial<GatewayResponse> {
  readonly answer?: string
}

/** A step that sends a request and checks the result. */
export interface RequestStep<Expected, Calls> {
  readonly request?: RawRequest
  /** Time that passes once a function has been called. */
  readonly advanceMs?: number
  readonly expect: Expected
  /** Calls since the row began. */
  readonly calls: Calls
}

type Step<Expected, Calls> =
  | { readonly flush: true }
  | { readonly advanceMs: number; readonly expect?: undefined }
  | RequestStep<Expected, Calls>

export interface Row<Expected extends ExpectedResponse = ExpectedResponse, Calls = unknown> {
  readonly id: string
  readonly rules: readonly string[]
  readonly title: string
  readonly mount?: Readonly<Record<string, unknown>>
  readonly steps: readonly Step<Expected, Calls>[]
}

export interface Corpus<R> {
  /** The request of every step; a step replaces single members. */
  readonly request: RawRequest
  readonly rows: readonly R[]
}

/** A thrown value: `new Error(message)`, or the value itself. */
export type ErrorDescription = { readonly Error: string } | { readonly value: unknown }

export const readCorpusFile = (gateway: 'aws' | 'huawei', name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../corpus/${gateway}/${name}.json`, import.meta.url), 'utf8'))

export const toThrown = (error: ErrorDescription | undefined): unknown => {
  if (error === undefined) return undefined
  return 'Error' in error ? new Error(error.Error) : error.value
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Expands `{x*1000}` to 1000 times `x`. */
export const repeatCharacters = (text: string): string =>
  text.replace(/\{(.)\*(\d+)\}/gu, (_, char: string, count: string) => char.repeat(Number(count)))

/** `AWS-REST-06 T01 a request without …`, with the variant in parentheses if there is one. */
export const titleOf = ({ rules, id, title }: Row, variant: string = ''): string =>
  `${rules.join(' ')} ${id} ${title}${variant === '' ? '' : ` (${variant})`}`

export const duplicates = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => values.indexOf(value) !== index)

/** Names of responses that the rows refer to and that are not defined. */
export const undefinedResponses = (rows: readonly Row[], { answers }: GatewayResponses): readonly string[] =>
  rows
    .flatMap(({ steps }) => steps.flatMap((step) => ('expect' in step ? (step.expect?.answer ?? []) : [])))
    .filter((name) => answers[name] === undefined)
