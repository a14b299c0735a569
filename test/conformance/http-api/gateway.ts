/** HTTP APIs: how a row becomes an authorizer of one payload format, and how its expectations are read. @module */
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import {
  type AwsRow,
  expand,
  flatContext,
  type LambdaDescription,
  type LambdaStyle,
  mergeOptions,
  stylesOf,
  toAwsExpectation,
  toLambda,
  toSubject,
} from '../runner/aws.ts'
import { type Corpus, type GatewayResponses, readCorpusFile, titleOf } from '../runner/corpus.ts'
import type { GatewayKind } from '../runner/run-row.ts'

/** The three result formats of an HTTP API authorizer: K3, K4 and K5 of section 1.1. */
type Format = '1.0' | '2.0' | 'simple'

const FORMATS: Readonly<Record<Format, aws.HttpApiOptions>> = {
  '1.0': { authorizerPayloadFormatVersion: '1.0' },
  '2.0': { authorizerPayloadFormatVersion: '2.0' },
  simple: { enableSimpleResponses: true },
}

interface HttpApiRow extends AwsRow {
  /** Default: the formats of the file. */
  readonly formats?: readonly Format[]
}

interface HttpApiCorpus extends Corpus<HttpApiRow> {
  readonly options: aws.HttpApiOptions
  /** Absent if each row sets the format in its options. */
  readonly formats?: readonly Format[]
}

export const HTTP_API_FILES = [
  'http-api',
  'http-results',
  'http-identity',
  'http-events',
  'http-cache',
  'http-context',
] as const

export const readHttpApiCorpus = (name: (typeof HTTP_API_FILES)[number]): HttpApiCorpus =>
  readCorpusFile('aws', name) as HttpApiCorpus

/** The responses of section 7.3, which are in the file of section 17.3. */
export const HTTP_API_RESPONSES = readCorpusFile('aws', 'http-api') as GatewayResponses

/** The default function, which must not be called. It allows in every format, so a call also changes the response. */
const NOT_TO_BE_CALLED: LambdaDescription = { styles: ['async'], result: { $allow: '*', isAuthorized: true } }

interface Variant {
  readonly format?: Format
  readonly style: LambdaStyle
}

export const httpApi: GatewayKind<HttpApiCorpus, Variant> = {
  responses: HTTP_API_RESPONSES,
  casesOf: (row, corpus) => {
    const styles = stylesOf(row)
    const formats = row.formats ?? corpus.formats
    if (formats === undefined) return styles.map((style) => [titleOf(row, styles.length > 1 ? style : ''), { style }])
    return formats.flatMap((format) =>
      styles.map((style) => [titleOf(row, `${format}, ${style}`), { format, style }] as const),
    )
  },
  setUp: ({ options }, row, { format, style }, clock) => {
    const lambda = toLambda(row.handler ?? NOT_TO_BE_CALLED, style)
    const contract = aws.httpApi(mergeOptions(options, row.options, format && FORMATS[format]) as never)
    const authorizer = createAuthorizer({
      authorize: lambda.handler as AnyFunction,
      contract: contract as Contract<AnyFunction, 'typed'>,
      clock,
      logger: null,
    })
    return toSubject(authorizer as never, lambda)
  },
  expand,
  toExpectation: (step, row) =>
    toAwsExpectation(step, (authorizer) => ({
      context: 'lambda' in authorizer ? (authorizer['lambda'] ?? {}) : flatContext(row, authorizer),
    })),
}
