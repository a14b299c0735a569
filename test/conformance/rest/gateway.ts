/** REST APIs: how a row becomes a TOKEN or REQUEST authorizer, and how its expectations are read. @module */
import { createAuthorizer } from '@custom-authorizer/core'
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

interface RestCorpus extends Corpus<AwsRow> {
  readonly contract: 'token' | 'request'
  readonly options: Readonly<Record<string, unknown>>
}

interface ResourceArns {
  readonly rows: readonly {
    readonly id: string
    readonly rules: readonly string[]
    readonly pattern: string
    readonly match: boolean
  }[]
}

export const REST_FILES = ['rest-token', 'rest-request', 'gateway-responses', 'cache'] as const

export const readRestCorpus = (name: (typeof REST_FILES)[number]): RestCorpus =>
  readCorpusFile('aws', name) as RestCorpus

export const readResourceArns = (): ResourceArns => readCorpusFile('aws', 'resource-arns') as ResourceArns

export const REST_RESPONSES = readCorpusFile('aws', 'answers') as GatewayResponses

/** The default function, which must not be called. It allows everything, so that a call also changes the response. */
const NOT_TO_BE_CALLED: LambdaDescription = { styles: ['async'], result: { $allow: '*' } }

const CONTRACTS = { token: aws.token, request: aws.request as unknown as typeof aws.token }

export const restApi: GatewayKind<RestCorpus, LambdaStyle> = {
  responses: REST_RESPONSES,
  casesOf: (row) => {
    const styles = stylesOf(row)
    return styles.map((style) => [titleOf(row, styles.length > 1 ? style : ''), style])
  },
  setUp: ({ contract, options }, row, style, clock) => {
    const lambda = toLambda(row.handler ?? NOT_TO_BE_CALLED, style)
    const authorizer = createAuthorizer({
      authorize: lambda.handler as never,
      contract: CONTRACTS[contract](mergeOptions(options, row.options)),
      clock,
      logger: null,
    })
    return toSubject(authorizer as never, lambda)
  },
  expand,
  toExpectation: (step, row) =>
    toAwsExpectation(step, (authorizer) => ({
      principalId: authorizer['principalId'],
      context: flatContext(row, authorizer),
    })),
  ordersEventMembers: true,
}
