/** What stands before authorization, and what of a request is not echoed (AWS-QUO-25, AWS-GWR-27, AWS-HTTP-01). */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

describeAdapters('the front end', (adapter) => {
  const serve = async (contract: object) => {
    let calls = 0
    const authorize = async (): Promise<object> => ({ isAuthorized: ++calls < 0 })
    const guard = adapter.customAuthorizer(authorize as AnyFunction, { contract, logger: null })
    return { service: await adapter.serve({ use: [guard], routes: [{ path: '*' }] }), calls: () => calls }
  }

  test('AWS-QUO-25 headers without end are answered by the server, and nobody is asked', async () => {
    const { service, calls } = await serve(aws.httpApi({ enableSimpleResponses: true }))
    expect((await service.ask({ headers: [['X-Long', 'x'.repeat(20_000)]] })).status).toBe(431)
    expect([calls(), service.hits]).toEqual([0, []])
  })

  test('AWS-GWR-27 the request id of a REST answer is new, whatever id the client sends', async () => {
    const { service } = await serve(aws.token())
    const sent = '00000000-0000-4000-8000-000000000000'
    const ids = new Set<string | undefined>()
    for (let count = 0; count < 2; count++)
      ids.add((await service.ask({ headers: [['x-amzn-RequestId', sent]] })).header('x-amzn-RequestId'))
    expect([ids.size, ids.has(sent)]).toEqual([2, false])
    for (const id of ids) expect(id).toMatch(UUID)
  })

  test('AWS-HTTP-01 the request id of an HTTP API is new, whatever id the client sends', async () => {
    const { service } = await serve(aws.httpApi({ enableSimpleResponses: true }))
    const sent = 'AAAAAAAAAAAAAAA='
    const answer = await service.ask({ headers: [['apigw-requestid', sent]] })
    expect(answer.header('apigw-requestid')).toMatch(/^[\w+/]{15}=$/)
    expect(answer.header('apigw-requestid')).not.toBe(sent)
  })
})
