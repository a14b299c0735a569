/** The contracts of the denial pages, each with the request and the clock of an example. @module */
import { native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { DENIALS, GATEWAY_RESPONSES, systemClock } from '@custom-authorizer/core/contract'
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import * as huawei from '@custom-authorizer/core/huawei'
import { generatedPages } from './pages.mjs'

const call = { request: toGatewayRequest(new Request('http://localhost/pets')), clock: systemClock }

/** The pages that `npm run docs` writes, by path from the root. */
export const pages: ReadonlyMap<string, string> = generatedPages(
  DENIALS,
  GATEWAY_RESPONSES,
  new Map([
    ['native', { contract: native(), call }],
    ['aws.token', { contract: aws.token(), call }],
    ['aws.request', { contract: aws.request({ authorizerResultTtlInSeconds: 0 }), call }],
    ['aws.httpApi', { contract: aws.httpApi(), call }],
    ['aws.webSocket', { contract: aws.webSocket(), call }],
    ['huawei.frontend', { contract: huawei.frontend(), call }],
    ['huawei.backend', { contract: huawei.backend(), call }],
  ]),
)
