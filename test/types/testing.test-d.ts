/** Types of the test kit: events of every contract, functions for every contract, and expectations. */
import { type Authorizer, createAuthorizer, type GatewayRequest, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { customAuthorizer } from '@custom-authorizer/express'
import {
  contractSuite,
  type ContractSubject,
  eventFor,
  expectDecision,
  scriptedAuthorizer,
  testRequest,
} from '@custom-authorizer/core/testing'
import { describe, expectTypeOf, test } from 'vitest'

describe('eventFor', () => {
  test('an event has the type of the first argument of the function', () => {
    expectTypeOf(eventFor(aws.token(), { path: '/pets' })).resolves.toEqualTypeOf<aws.TokenEvent>()
    expectTypeOf(eventFor(native())).resolves.toEqualTypeOf<GatewayRequest>()
    expectTypeOf(eventFor(huawei.frontend(), testRequest())).resolves.toEqualTypeOf<huawei.FrontendEvent>()
    expectTypeOf(eventFor(huawei.backend())).resolves.toEqualTypeOf<huawei.BackendEvent>()
  })

  test('an event can be passed to a handler with the type of the library', () => {
    const identitySource = 'method.request.header.Authorization'
    expectTypeOf(eventFor(aws.request({ identitySource }))).resolves.toExtend<aws.RequestEvent>()
    expectTypeOf(eventFor(aws.httpApi())).resolves.toHaveProperty('rawPath').toEqualTypeOf<string>()
    expectTypeOf(eventFor(aws.webSocket())).resolves.toHaveProperty('requestContext')
  })

  test('unknown members of a request are errors', () => {
    // @ts-expect-error -- url is not a member
    void eventFor(aws.token(), { url: '/pets' })
    // @ts-expect-error -- a number is not a header value
    testRequest({ headers: { a: 1 } })
  })
})

describe('scriptedAuthorizer', () => {
  test('it is a function of every contract, with an open context', () => {
    const authorize = scriptedAuthorizer()
    expectTypeOf(createAuthorizer({ authorize })).toExtend<Authorizer>()
    expectTypeOf(createAuthorizer({ authorize, contract: aws.token() })).toExtend<Authorizer>()
    expectTypeOf(
      createAuthorizer({ authorize, contract: aws.httpApi({ enableSimpleResponses: true }) }),
    ).toExtend<Authorizer>()
    expectTypeOf(createAuthorizer({ authorize, contract: huawei.frontend() })).toExtend<Authorizer>()
    expectTypeOf(createAuthorizer({ authorize, contract: native({ maxBodyBytes: 10 }) })).toExtend<Authorizer>()
  })

  test('calls have the type of the event', () => {
    expectTypeOf(scriptedAuthorizer<aws.TokenEvent>().calls).toEqualTypeOf<readonly aws.TokenEvent[]>()
  })
})

describe('expectDecision', () => {
  test('toAllow resolves to the typed context', () => {
    const authorizer = createAuthorizer({ authorize: () => ({ isAuthorized: true, context: { role: 'a' } }) })
    expectTypeOf(
      expectDecision(authorizer)
        .toAllow()
        .then(({ context }) => context),
    ).resolves.toEqualTypeOf<{
      role: string
    }>()
  })

  test('the authorizer of a guard is accepted', () => {
    const guard = customAuthorizer(() => ({ isAuthorized: true, context: { role: 'a' } }))
    expectTypeOf(
      expectDecision(guard.authorizer)
        .toAllow()
        .then(({ context }) => context.role),
    ).resolves.toBeString()
  })

  test('unknown members and reasons are errors', () => {
    const authorizer = createAuthorizer({ authorize: () => true })
    // @ts-expect-error -- statusCode is not a member
    void expectDecision(authorizer).toDeny({ statusCode: 403 })
    // @ts-expect-error -- FORBIDDEN is not a reason
    void expectDecision(authorizer).toDeny({ reason: 'FORBIDDEN' })
  })
})

test('every contract is a subject of contractSuite', () => {
  const allow = scriptedAuthorizer()
  for (const contract of [aws.token(), aws.httpApi(), huawei.backend(), native()])
    expectTypeOf({ contract, allow, request: {} }).toExtend<ContractSubject>()
  expectTypeOf(contractSuite).parameter(0).returns.toExtend<ContractSubject | Promise<ContractSubject>>()
})
