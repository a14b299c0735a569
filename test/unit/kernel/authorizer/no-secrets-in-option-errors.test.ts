/** Option errors name the option, the type of the value and the allowed values, never the value: it may be a secret. */
import {
  allOf,
  anyOf,
  AuthorizerError,
  createAuthorizer,
  firstOf,
  MemoryStore,
  optional,
  native,
} from '@custom-authorizer/core'
import { RouteTable } from '@custom-authorizer/core/contract'
import { contextRequirement, createMount, scopeRequirement } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { guardUpgrade } from '@custom-authorizer/core/node'
import * as node from '@custom-authorizer/core/node'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { assertGuarded } from '@custom-authorizer/express'
import { awsJwtAuthorizer, jwtAuthorizer } from '@custom-authorizer/jwt'
import express from 'express'
import { describe, expect, test } from 'vitest'
import { EXACT } from '../../../support/request.ts'

/** Looks like a secret, and contains only characters that a name may contain. */
const CANARY = 'hunter2hunter2'
const authorize = (): boolean => true
const frontend = createAuthorizer({ authorize: authorize as never, contract: huawei.frontend(), logger: null })

/** Functions that take an object with options, and the options that they require. */
const FACTORIES: readonly (readonly [name: string, build: (options: never) => unknown, needed: object])[] = [
  ['createAuthorizer', createAuthorizer, { authorize }],
  ['createMount', (options) => createMount(authorize, options, EXACT), {}],
  ['guardUpgrade', (options) => guardUpgrade(authorize, options), {}],
  ['native', native, {}],
  ['MemoryStore', (options) => new MemoryStore(options), {}],
  ['aws.token', aws.token, {}],
  ['aws.request', aws.request, { identitySource: 'method.request.header.a' }],
  ['aws.httpApi', aws.httpApi, {}],
  ['aws.webSocket', aws.webSocket, {}],
  ['aws.parameterMapping', (options) => aws.parameterMapping({ 'remove:header.a': '' }, options), {}],
  ['aws.methodArn', (options) => aws.methodArn(options, 'GET', '/'), {}],
  ['huawei.frontend', huawei.frontend, {}],
  ['huawei.backend', huawei.backend, {}],
  ['huawei.both', huawei.both, { frontend }],
  ['huawei.backendParameters', (options) => huawei.backendParameters([], options), {}],
  ['httpFunction', httpFunction, { url: 'https://a.example/' }],
  ['lambdaFunction', lambdaFunction, { functionName: 'f', client: { invoke: () => undefined } }],
  ['jwtAuthorizer', jwtAuthorizer, { issuer: 'https://a.example', audience: 'a' }],
  ['awsJwtAuthorizer', awsJwtAuthorizer, { jwtConfiguration: { issuer: 'https://a.example', audience: 'a' } }],
  ['assertGuarded', (options) => assertGuarded(express(), options), {}],
]

/** Values that contain the canary, in every form that an invalid option may have. */
const VALUES: readonly (readonly [form: string, value: unknown])[] = [
  ['a string', CANARY],
  ['a string with a line feed', `${CANARY}\n`],
  ['a URL', `ftp://${CANARY}:${CANARY}@${CANARY}.example/${CANARY}?key=${CANARY}#${CANARY}`],
  ['a URL of another host', `http://${CANARY}.example/?key=${CANARY}`],
  ['a URL with a query', `https://a.example/?key=${CANARY}`],
  ['a URL with credentials', `https://${CANARY}@a.example/`],
  ['an expression', `(?=${CANARY})`],
  ['a path', `/${CANARY}/{${CANARY}`],
  ['a source', `$request.cookie.${CANARY}`],
  ['an array', [CANARY, CANARY]],
  ['a nested array', [[CANARY]]],
  ['an object', { value: CANARY }],
  ['an object in an array', [{ name: CANARY, key: CANARY, location: CANARY, origin: CANARY, value: CANARY }]],
  ['a key set', { keys: [{ kty: 'RSA', d: CANARY, n: CANARY, k: CANARY }] }],
  ['headers', { authorization: `Bearer ${CANARY}\n`, [`${CANARY} `]: 'x' }],
  ['an object with the canary as a key', { [`${CANARY} ${CANARY}`]: CANARY }],
  ['an array in an object', { anyOf: [CANARY, 1], issuer: CANARY, audience: [CANARY, 7] }],
  ['a function', Object.defineProperty(() => CANARY, 'name', { value: CANARY })],
  ['a symbol', Symbol(CANARY)],
  ['an error', new Error(CANARY)],
  [
    'an instance',
    new (class {
      readonly secret = CANARY
    })(),
  ],
  ['bytes', new TextEncoder().encode(CANARY)],
]

const messageOf = (build: () => unknown): string | undefined => {
  try {
    build()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(AuthorizerError)
    expect((error as AuthorizerError).code).toMatch(/^ERR_(?:OPTION|UNGUARDED)$/)
    return (error as AuthorizerError).message
  }
}

/** The names of all options, as listed by the error of an unknown option. */
const optionsOf = (build: (options: never) => unknown, needed: object): readonly string[] =>
  (messageOf(() => build({ ...needed, nonsense: 1 } as never)) ?? '').split('; allowed: ')[1]?.split(', ') ?? []

describe.each(FACTORIES)('%s', (name, build, needed) => {
  const options = optionsOf(build, needed)

  test('SEC-101 SEC-105 the error of an unknown option lists the known ones', () => {
    expect(options.length).toBeGreaterThan(0)
    expect(options).not.toContain('')
  })

  test.each(VALUES)(`SEC-101 SEC-105 the errors of ${name} do not repeat %s given as an option`, (_, value) => {
    const messages = options.flatMap((option) => [
      messageOf(() => build({ ...needed, [option]: value } as never)),
      messageOf(() => build({ [option]: value } as never)),
    ])
    for (const message of messages) expect(message ?? '').not.toMatch(/hunter/)
    // Guards against checking no messages: at least one option rejects every form.
    if (options.length > 1) expect(messages.some((message) => message !== undefined)).toBe(true)
  })

  test.each(VALUES)(
    `SEC-101 SEC-105 the error of ${name} does not repeat %s given instead of the options`,
    (_, value) => {
      expect(messageOf(() => build(value as never)) ?? '').not.toMatch(/hunter/)
    },
  )
})

/** Functions with other parameters. */
const OTHERS: readonly (readonly [name: string, build: (value: never) => unknown])[] = [
  ['createMount', (value) => createMount(value, undefined, EXACT)],
  ['anyOf', (value) => anyOf(value)],
  ['allOf', (value) => allOf(value)],
  ['firstOf', (value) => firstOf(value)],
  ['optional', (value) => optional(value)],
  ['requireContext', (value) => contextRequirement(value)],
  ['requireContext with a key', (value) => contextRequirement({ key: value })],
  ['requireScopes', (value) => scopeRequirement([value])],
  ['requireScopes with two', (value) => scopeRequirement([value, 7 as never])],
  [
    'RouteTable',
    (value) =>
      new RouteTable(
        'routes',
        [value as string].filter((each) => typeof each === 'string'),
      ),
  ],
  ['aws.parameterMapping', (value) => aws.parameterMapping(value)],
  ['aws.parameterMapping with a value', (value) => aws.parameterMapping({ 'overwrite:header.a': value })],
  ['aws.parameterMapping with a path', (value) => aws.parameterMapping({ 'overwrite:path': value })],
  ['aws.parameterMapping with text to remove', (value) => aws.parameterMapping({ 'remove:header.a': value })],
  ['huawei.backendParameters', (value) => huawei.backendParameters(value)],
  ['huawei.backendParameters with a member', (value) => huawei.backendParameters([value])],
  [
    'huawei.backendParameters with a value',
    (value) => huawei.backendParameters([{ name: 'a', location: 'HEADER', origin: 'SYSTEM', value }]),
  ],
  ['huawei.both with a policy', (value) => huawei.both({ frontend, policies: [value] })],
  [
    'huawei.both with a condition',
    (value) => huawei.both({ frontend, policies: [{ name: 'a', conditions: [value] }] }),
  ],
  [
    'huawei.both with a pattern',
    (value) =>
      huawei.both({
        frontend,
        policies: [
          {
            name: 'a',
            conditions: [
              {
                conditionOrigin: 'frontend_authorizer',
                frontendAuthorizerParamName: '$context.authorizer.frontend.a',
                conditionType: 'pattern',
                conditionValue: value,
              },
            ],
          },
        ],
      }),
  ],
  ['jwtAuthorizer with an issuer', (value) => jwtAuthorizer({ issuers: [value] })],
  [
    'jwtAuthorizer with an issuer twice',
    (value) =>
      jwtAuthorizer({ issuers: [1, 2].map(() => ({ issuer: value, audience: 'a', jwksUri: 'https://a.example/' })) }),
  ],
  ['assertGuarded of an application', (value) => assertGuarded(value)],
  ['assertGuarded of a server', (value) => node.assertGuarded(value)],
  ['assertGuarded with a rule', (value) => assertGuarded(express(), { except: [value] })],
  ['invalidate', (value) => createAuthorizer({ authorize, logger: null }).invalidate(value)],
]

describe.each(OTHERS)('%s', (_, build) => {
  test.each(VALUES)('SEC-101 SEC-105 the error does not repeat %s', (_form, value) => {
    expect(messageOf(() => build(value as never)) ?? '').not.toMatch(/hunter/)
  })
})
