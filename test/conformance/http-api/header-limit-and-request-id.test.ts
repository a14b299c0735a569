/** Oversized headers, and request IDs that a client sends (AWS-QUO-25, AWS-GWR-27, AWS-HTTP-01). @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

describeAdapters('header limit and request ID', (adapter) => {
  const serve = async (contract: object) => {
    let calls = 0
    const authorize = async (): Promise<object> => ({ isAuthorized: ++calls < 0 })
    const guard = adapter.customAuthorizer(authorize as AnyFunction, { contract, logger: null })
    return { service: await adapter.serve({ use: [guard], routes: [{ path: '*' }] }), calls: () => calls }
  }

  test('AWS-QUO-25 oversized headers get 431 from Node before the authorizer runs', async () => {
    const { service, calls } = await serve(aws.httpApi({ enableSimpleResponses: true }))
    expect((await service.send({ headers: [['X-Long', 'x'.repeat(20_000)]] })).status).toBe(431)
    expect([calls(), service.hits]).toEqual([0, []])
  })

  test('AWS-GWR-27 a REST response has a new request ID, even if the client sends one', async () => {
    const { service } = await serve(aws.token())
    const sent = '00000000-0000-4000-8000-000000000000'
    const ids = new Set<string | undefined>()
    for (let count = 0; count < 2; count++)
      ids.add((await service.send({ headers: [['x-amzn-RequestId', sent]] })).header('x-amzn-RequestId'))
    expect([ids.size, ids.has(sent)]).toEqual([2, false])
    for (const id of ids) expect(id).toMatch(UUID)
  })

  test('AWS-HTTP-01 an HTTP API response has a new request ID, even if the client sends one', async () => {
    const { service } = await serve(aws.httpApi({ enableSimpleResponses: true }))
    const sent = 'AAAAAAAAAAAAAAA='
    const response = await service.send({ headers: [['apigw-requestid', sent]] })
    expect(response.header('apigw-requestid')).toMatch(/^[\w+/]{15}=$/)
    expect(response.header('apigw-requestid')).not.toBe(sent)
  })
})
