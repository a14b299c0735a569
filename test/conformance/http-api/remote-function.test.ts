/** Remote functions: failed calls and other accounts (AWS-HTTP-08, AWS-KIND-08, 09, AWS-REST-15). @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { lambdaFunction, type LambdaInvocation, type LambdaInvoker } from '@custom-authorizer/core/remote'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:210987654321:function:pets-authorizer'

/** Names of errors that the Lambda client throws. */
const CLIENT_ERRORS = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'TooManyRequestsException',
  'KMSAccessDeniedException',
]

const FAILED = [500, '{"message":"Internal Server Error"}'] as const
const CONTRACTS: readonly [rules: string, contract: object, response: readonly [number, string]][] = [
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }), FAILED],
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi(), FAILED],
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi({ enableSimpleResponses: true }), FAILED],
  ['AWS-REST-15 AWS-KIND-08', aws.request({ authorizerResultTtlInSeconds: 0 }), [500, '{"message":null}']],
]
const CASES = CONTRACTS.flatMap(([rules, contract, response], index) =>
  CLIENT_ERRORS.map((name) => [rules, name, index, contract, response] as const),
)

describeAdapters('remote function', (adapter) => {
  const serve = async (contract: object, invoke: () => object) => {
    const invocations: LambdaInvocation[] = []
    const client: LambdaInvoker = {
      invoke: async (invocation) => {
        invocations.push(invocation)
        return { StatusCode: 200, Payload: new TextEncoder().encode(JSON.stringify(invoke())) }
      },
    }
    const handler = lambdaFunction({ functionName: FUNCTION_ARN, client })
    const guard = adapter.customAuthorizer(handler as AnyFunction, { contract, logger: null })
    return { service: await adapter.serve({ use: [guard], routes: [{ path: '*' }] }), invocations }
  }

  test.each(CASES)('%s AWS-KIND-10 %s (contract %d) is a 500, without a retry', async (...row) => {
    const [, name, , contract, expected] = row
    const { service, invocations } = await serve(contract, () => {
      throw Object.assign(new Error(`User is not authorized to perform: lambda:InvokeFunction on ${FUNCTION_ARN}`), {
        name,
      })
    })
    const response = await service.send({ target: '/pets' })
    expect([response.status, response.body]).toEqual(expected)
    expect([invocations.length, service.hits]).toEqual([1, []])
  })

  test('AWS-KIND-09 a function of another account is invoked by its ARN', async () => {
    const { service, invocations } = await serve(aws.httpApi({ enableSimpleResponses: true }), () => ({
      isAuthorized: true,
    }))
    expect((await service.send({ target: '/pets' })).status).toBe(200)
    expect(invocations).toMatchObject([{ FunctionName: FUNCTION_ARN, InvocationType: 'RequestResponse' }])
  })
})
