/** A function that may not be called, is not there, or is in another account (AWS-HTTP-08, AWS-KIND-08, 09, AWS-REST-15). */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { lambdaFunction, type LambdaInvocation, type LambdaInvoker } from '@custom-authorizer/core/remote'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const ELSEWHERE = 'arn:aws:lambda:eu-central-1:210987654321:function:pets-authorizer'

/** What the client of the service throws, by the names of its errors. */
const THROWN = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'TooManyRequestsException',
  'KMSAccessDeniedException',
]

const FAILED = [500, '{"message":"Internal Server Error"}'] as const
const CONTRACTS: readonly [rules: string, contract: object, answer: readonly [number, string]][] = [
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi({ authorizerPayloadFormatVersion: '1.0' }), FAILED],
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi(), FAILED],
  ['AWS-HTTP-08 AWS-KIND-08', aws.httpApi({ enableSimpleResponses: true }), FAILED],
  ['AWS-REST-15 AWS-KIND-08', aws.request({ authorizerResultTtlInSeconds: 0 }), [500, '{"message":null}']],
]
const CASES = CONTRACTS.flatMap(([rules, contract, answer], index) =>
  THROWN.map((name) => [rules, name, index, contract, answer] as const),
)

describeAdapters('a function elsewhere', (adapter) => {
  const serve = async (contract: object, answer: () => object) => {
    const invocations: LambdaInvocation[] = []
    const client: LambdaInvoker = {
      invoke: async (invocation) => {
        invocations.push(invocation)
        return { StatusCode: 200, Payload: new TextEncoder().encode(JSON.stringify(answer())) }
      },
    }
    const handler = lambdaFunction({ functionName: ELSEWHERE, client })
    const guard = adapter.customAuthorizer(handler as AnyFunction, { contract, logger: null })
    return { service: await adapter.serve({ use: [guard], routes: [{ path: '*' }] }), invocations }
  }

  test.each(CASES)('%s AWS-KIND-10 %s (%d) is an error, and is not tried again', async (...row) => {
    const [, name, , contract, expected] = row
    const { service, invocations } = await serve(contract, () => {
      throw Object.assign(new Error(`User is not authorized to perform: lambda:InvokeFunction on ${ELSEWHERE}`), {
        name,
      })
    })
    const answer = await service.ask({ target: '/pets' })
    expect([answer.status, answer.body]).toEqual(expected)
    expect([invocations.length, service.hits]).toEqual([1, []])
  })

  test('AWS-KIND-09 a function of another account is called by its own name', async () => {
    const { service, invocations } = await serve(aws.httpApi({ enableSimpleResponses: true }), () => ({
      isAuthorized: true,
    }))
    expect((await service.ask({ target: '/pets' })).status).toBe(200)
    expect(invocations).toMatchObject([{ FunctionName: ELSEWHERE, InvocationType: 'RequestResponse' }])
  })
})
