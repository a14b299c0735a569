import { allow, AuthorizerError, createAuthorizer, native } from '@custom-authorizer/core'
import { attach, createMount, scopeRequirement } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import { expect, test } from 'vitest'
import { EXACT, gatewayRequest } from '../../support/request.ts'
import { STRINGS } from './data.ts'

const client = { invoke: async () => ({}) }
const authorize = (): boolean => false

/** Every option that accepts text. */
const places: readonly (readonly [string, (text: string) => unknown])[] = [
  ['createAuthorizer.name', (name) => createAuthorizer({ authorize, name })],
  ['createAuthorizer.denialCors', (text) => createAuthorizer({ authorize, denialCors: { allowOrigins: [text] } })],
  ['native.identitySources', (text) => native({ identitySources: [`$request.header.${text}`] })],
  ['customAuthorizer.skip', (text) => createMount(authorize, { skip: [text, `/${text}`] }, EXACT)],
  ['customAuthorizer.contextHeaders', (text) => createMount(authorize, { contextHeaders: text }, EXACT)],
  ['a name of contextHeaders', (text) => createMount(authorize, { contextHeaders: { [text]: 'principalId' } }, EXACT)],
  ['a source of contextHeaders', (text) => createMount(authorize, { contextHeaders: { 'x-a': text } }, EXACT)],
  ['customAuthorizer.trustedProxies', (text) => createMount(authorize, { trustedProxies: [text] }, EXACT)],
  ['requireScopes', (text) => scopeRequirement([text])],
  ['aws.token.identitySource', (text) => aws.token({ identitySource: `method.request.header.${text}` })],
  ['aws.token.identityValidationExpression', (text) => aws.token({ identityValidationExpression: text })],
  ['aws.token.routes', (text) => aws.token({ routes: [`/${text}`, `GET /${text}/{id}`] })],
  ['aws.token.api', (text) => aws.token({ api: { stage: text } })],
  ['aws.token.api', (text) => aws.token({ api: { basePath: text } })],
  ['aws.token.stageVariables', (text) => aws.token({ stageVariables: { [text]: text } })],
  [
    'a template',
    (body) => aws.token({ gatewayResponses: { UNAUTHORIZED: { responseTemplates: { 'application/json': body } } } }),
  ],
  [
    'a parameter',
    (text) =>
      aws.token({ gatewayResponses: { UNAUTHORIZED: { responseParameters: { 'gatewayresponse.header.X': text } } } }),
  ],
  ['aws.request.identitySource', (text) => aws.request({ identitySource: text })],
  ['aws.httpApi.identitySource', (text) => aws.httpApi({ identitySource: [`$request.querystring.${text}`] })],
  ['aws.parameterMapping', (text) => aws.parameterMapping({ [`append:header.${text}`]: text })],
  ['aws.parameterMapping', (text) => aws.parameterMapping({ 'overwrite:path': text })],
  ['huawei.frontend.identities', (name) => huawei.frontend({ identities: [{ location: 'HEADER', name }] })],
  [
    'huawei.frontend.identities',
    (validation) => huawei.frontend({ identities: [{ location: 'QUERY', name: 'a', validation }] }),
  ],
  ['huawei.frontend.userData', (userData) => huawei.frontend({ userData })],
  [
    'huawei.backendParameters',
    (name) => huawei.backendParameters([{ name, location: 'QUERY', origin: 'CONSTANT', value: name }]),
  ],
  ['httpFunction.url', (text) => httpFunction({ url: `https://authorizer.example/${text}` })],
  ['httpFunction.headers', (text) => httpFunction({ url: 'https://authorizer.example/', headers: { 'x-key': text } })],
  ['lambdaFunction.functionName', (functionName) => lambdaFunction({ functionName, client })],
  [
    'jwtAuthorizer.issuer',
    (issuer) => jwtAuthorizer({ issuer, audience: 'a', algorithms: ['RS256'], jwksUri: 'https://idp.example/keys' }),
  ],
  [
    'jwtAuthorizer.identitySource',
    (text) =>
      jwtAuthorizer({
        issuer: 'https://idp.example',
        audience: text,
        algorithms: ['RS256'],
        jwksUri: 'https://idp.example/keys',
        identitySource: `$request.header.${text}`,
      }),
  ],
]

test.each(places)('SEC-105 a naughty string as %s is accepted, or rejected with an option error', (_, build) => {
  const wrong = STRINGS.filter((text) => {
    try {
      build(text)
      return false
    } catch (error) {
      return !(error instanceof AuthorizerError && error.code === 'ERR_OPTION' && error.message.includes('allowed: '))
    }
  })
  expect(wrong).toEqual([])
})

test('SEC-13 a naughty string as a skip rule skips no other path', () => {
  const opened = STRINGS.filter((text) => {
    for (const rule of [text, `/${text}`, `/${text}/*`]) {
      let mount: ReturnType<typeof createMount>
      try {
        mount = createMount(authorize, { skip: [rule], logger: null }, EXACT)
      } catch {
        continue
      }
      const entries = ['/admin/secret', '/', '/pets'].map((path) => mount.handle(gatewayRequest(`GET ${path}`)))
      if (entries.some((entry) => entry instanceof Promise || entry.kind !== 'denied')) return true
    }
    return false
  })
  // The rules for the root itself and for everything below it.
  expect(opened).toEqual([''])
})

test('AWS-HTTP-12 a naughty string is a scope only if it is a single word', async () => {
  const guard = scopeRequirement(['read'])
  const request = gatewayRequest('GET /pets')
  const passes = async (context: Record<string, unknown>): Promise<boolean> => {
    const authorizer = createAuthorizer({ authorize: () => allow({ context }), logger: null })
    const outcome = await authorizer.evaluate(request)
    if (!outcome.allowed) throw new Error('not allowed')
    const carrier = {}
    attach(carrier, { authorizer, mountedPaths: [], throwsDenials: false }, request, outcome.authorizer)
    return guard(carrier, () => ({ method: 'GET', url: '/pets' })) === undefined
  }
  expect([await passes({ scope: 'read' }), await passes({ scp: ['read'] })]).toEqual([true, true])
  for (const text of STRINGS) {
    const found = [await passes({ scope: text }), await passes({ scp: [text] }), await passes({ scope: `read${text}` })]
    expect([text, ...found]).toEqual([
      text,
      text.split(' ').includes('read'),
      text === 'read',
      `read${text}`.split(' ').includes('read'),
    ])
  }
})
