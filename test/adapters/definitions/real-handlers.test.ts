/** Real authorizer functions give the same responses through `guardApi` as mounted by hand. */
import { createRequire } from 'node:module'
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { guardApi } from '@custom-authorizer/definitions'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { authorizerNamed, definitionOf } from '../../support/definition.ts'
import * as classInstance from '../../support/lambda-authorizers/class-instance.ts'
import * as joseJwt from '../../support/lambda-authorizers/jose-jwt.ts'
import * as typedToken from '../../support/lambda-authorizers/typed-token.ts'
import type { RawResponse } from '../../support/raw-client.ts'

const require = createRequire(import.meta.url)
const commonJs = (name: string): AnyFunction =>
  (require(`../../support/lambda-authorizers/${name}.cjs`) as { handler: AnyFunction }).handler

const HANDLERS: readonly (readonly [name: string, handler: AnyFunction])[] = [
  ['blueprint.cjs', commonJs('blueprint')],
  ['documented-callback.cjs', commonJs('documented-callback')],
  ['context-succeed.cjs', commonJs('context-succeed')],
  ['typed-token.ts', typedToken.handler],
  ['class-instance.ts', classInstance.handler],
  ['jose-jwt.ts', joseJwt.handler],
]

const ROUTES = [
  { method: 'GET', path: '/pets' },
  { method: 'GET', path: '/pets/:id' },
  { method: 'POST', path: '/pets' },
  { method: 'PUT', path: '/users/:id' },
]
const KEYS = ['GET /pets', 'GET /pets/{id}', 'POST /pets', 'PUT /users/{id}']

const TOKENS = [
  undefined,
  'admin',
  'denied',
  'reader',
  'here',
  'expired',
  'allow',
  'deny',
  'unauthorized',
  'session-1',
  'Bearer ann',
  'Bearer banned',
  'else',
]
const REQUESTS = [
  { method: 'GET', target: '/pets' },
  { method: 'GET', target: '/pets/7?a=1' },
  { method: 'POST', target: '/pets' },
  { method: 'PUT', target: '/users/1' },
]

/** The parts of a response that do not differ between two identical requests. */
const stable = ({ status, body, lines }: RawResponse): unknown => ({
  status,
  body,
  names: lines.map(([name]) => name.toLowerCase()).toSorted(),
  type: lines.filter(([name]) => /^(?:content-type|x-amzn-errortype|cache-control)$/i.test(name)),
})

const withoutState = (body: string): string =>
  body.replaceAll(/"integrationLatency":\d+/g, '').replaceAll(/"known":"\w+"/g, '')

describeAdapters('guardApi', (adapter) => {
  test.each(HANDLERS)('DEF-CLI-02 %s gives the same responses as mounted by hand', async (_, handler) => {
    const definition = definitionOf(
      KEYS.map((key) => `${key} -> auth`),
      { authorizers: { auth: authorizerNamed('auth') } },
    )
    const api = guardApi(definition, { authorizers: { auth: handler }, logger: null })
    const byHand = adapter.customAuthorizer(handler, {
      contract: aws.token({ authorizerResultTtlInSeconds: 0, routes: KEYS }),
      logger: null,
    })
    const [guarded, manual] = await Promise.all([
      adapter.serve({ use: [adapter.customAuthorizer(api as never)], routes: ROUTES }),
      adapter.serve({ use: [byHand], routes: ROUTES }),
    ])
    const bearer = await joseJwt.issue({ sub: 'ann', scope: 'pets:read' })
    for (const token of [...TOKENS, `Bearer ${bearer}`])
      for (const request of REQUESTS) {
        const headers = token === undefined ? [] : [['Authorization', token] as const]
        const [actual, expected] = await Promise.all([
          guarded.send({ ...request, headers }),
          manual.send({ ...request, headers }),
        ])
        expect(stable({ ...actual, body: withoutState(actual.body) })).toEqual(
          stable({ ...expected, body: withoutState(expected.body) }),
        )
      }
    expect(guarded.hits.toSorted()).toEqual(manual.hits.toSorted())
    expect(guarded.hits.length).toBeGreaterThan(0)
  })
})
