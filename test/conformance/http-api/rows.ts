/** The rows of `test/corpus/aws/http-*.json`; the format is described next to the data. @module */
import { readFileSync } from 'node:fs'
import type * as aws from '@custom-authorizer/core/aws'
import type { Corpus, Expected, ExpectedAnswer, Row, Step } from '../rest/corpus.ts'

/** How an authorizer of an HTTP API is set up: K3, K4 and K5 of section 1.1. */
export type Format = '1.0' | '2.0' | 'simple'

export const FORMATS: Readonly<Record<Format, aws.HttpApiOptions>> = {
  '1.0': { authorizerPayloadFormatVersion: '1.0' },
  '2.0': { authorizerPayloadFormatVersion: '2.0' },
  simple: { enableSimpleResponses: true },
}

export interface HttpExpected extends Expected {
  /** Members of the event that have to be just this; `"<absent>"` for those that it must not have. */
  readonly eventExactly?: Readonly<Record<string, unknown>>
}

type HttpStep = Exclude<Step, { expect: Expected }> | (Extract<Step, { expect: Expected }> & { expect: HttpExpected })

export interface HttpRow extends Omit<Row, 'steps'> {
  /** Default: the file's. */
  readonly formats?: readonly Format[]
  readonly steps: readonly HttpStep[]
}

export interface HttpCorpus extends Omit<Corpus, 'rows' | 'contract'> {
  readonly formats: readonly Format[]
  readonly rows: readonly HttpRow[]
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
  JSON.parse(readFileSync(new URL(`../../corpus/aws/${name}.json`, import.meta.url), 'utf8'))

export const NAMES = ['http-results', 'http-identity', 'http-events', 'http-cache', 'http-context'] as const

export const readRows = (name: (typeof NAMES)[number]): HttpCorpus => read(name) as HttpCorpus

/** Section 7.3, which stands in the file of section 17.3. */
export const HTTP_ANSWERS: Answers = read('http-api') as Answers
