/** Types of remote functions. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction, type LambdaInvoker } from '@custom-authorizer/core/remote'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import type { Request } from 'express'
import { expectTypeOf, test } from 'vitest'

const url = 'https://authorizer.example/'
const client: LambdaInvoker = { invoke: async () => ({}) }

test('a remote function is accepted by every contract with an event', () => {
  const options = { url }
  expectTypeOf(customAuthorizer(httpFunction(options), { contract: aws.token() })).not.toBeAny()
  const authorize = lambdaFunction({ functionName: 'f', client })
  const request = aws.request({ identitySource: 'method.request.header.X' })
  expectTypeOf(createAuthorizer({ authorize, contract: request })).toHaveProperty('evaluate')
  expectTypeOf(
    createAuthorizer({ authorize, contract: aws.httpApi({ authorizerPayloadFormatVersion: '2.0' }) }),
  ).toHaveProperty('evaluate')
  expectTypeOf(createAuthorizer({ authorize: httpFunction(options), contract: huawei.frontend() })).toHaveProperty(
    'evaluate',
  )
})

test('the context of a remote function is open or typed by the type argument', () => {
  const open = customAuthorizer(httpFunction({ url }), { contract: aws.token() })
  expectTypeOf(getAuthorizer({} as Request, open).context).toEqualTypeOf<Record<string, string | null>>()
  interface RemoteResult extends Omit<aws.AuthorizerResponse, 'context'> {
    context: { role: string; level: number }
  }
  const closed = customAuthorizer(httpFunction<RemoteResult>({ url }), { contract: aws.token() })
  expectTypeOf(getAuthorizer({} as Request, closed).context).toEqualTypeOf<{ role: string; level: string }>()
})

test('a remote result of another contract does not compile', () => {
  const remote = httpFunction<{ isAuthorized: boolean }>({ url })
  // @ts-expect-error -- the contract requires a policy
  createAuthorizer({ authorize: remote, contract: aws.token() })
})

test('lambdaFunction requires a client or an endpoint', () => {
  lambdaFunction({ functionName: 'f', client })
  lambdaFunction({ endpoint: 'http://127.0.0.1:9000' })
  // @ts-expect-error -- client or endpoint is missing
  lambdaFunction({ functionName: 'f' })
  // @ts-expect-error -- functionName or endpoint is missing
  lambdaFunction({ client })
  // @ts-expect-error -- an SDK client with send() is not an invoker
  lambdaFunction({ functionName: 'f', client: { send: async () => ({}) } })
})
