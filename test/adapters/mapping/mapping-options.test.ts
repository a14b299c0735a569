/** Invalid rules of parameter mapping throw when the mapping is created. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer } from '@custom-authorizer/core/node'
import { describe, expect, test } from 'vitest'

const RESERVED = `access-control-allow-origin apigw-requestid Authorization Connection Content-Encoding Content-Length
  Content-Location Forwarded Keep-Alive Origin Proxy-Authenticate Proxy-Authorization TE Trailers Transfer-Encoding Upgrade
  x-amz-date x-amzn-trace-id X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto Via`.split(/\s+/)

const errorMessage = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return (error as { code: string; message: string }).code + (error as Error).message
  }
  return 'accepted'
}

describe('aws.parameterMapping options', () => {
  test.each(RESERVED)('AWS-CTX-29 the reserved header %s is rejected', (name) => {
    for (const action of ['append', 'overwrite', 'remove']) {
      const rules = { [`${action}:header.${name}`]: action === 'remove' ? '' : 'x' }
      expect(errorMessage(() => aws.parameterMapping(rules))).toContain('no reserved header')
    }
  })

  test.each([
    ['AWS-CTX-27', { 'set:header.x': 'y' }],
    ['AWS-CTX-27', { 'append:path': '/x' }],
    ['AWS-CTX-27', { 'overwrite:statuscode': '200' }],
    ['AWS-CTX-27', { 'overwrite:header.': 'x' }],
    ['AWS-CTX-27', { 'overwrite:header.a b': 'x' }],
    ['AWS-CTX-28', { 'overwrite:header.x': '$request.body.user' }],
    ['AWS-CTX-28', { 'overwrite:header.x': '$request.cookie.a' }],
    ['AWS-CTX-28', { 'overwrite:header.x': '$response.header.a' }],
    ['AWS-CTX-28', { 'overwrite:header.x': '$context.nothing' }],
    ['AWS-CTX-28', { 'overwrite:header.x': 'a ${context.nothing}' }],
    ['AWS-CTX-28', { 'overwrite:header.x': '' }],
    ['AWS-CTX-28', { 'overwrite:header.x': 'a\r\nb: c' }],
    ['AWS-CTX-28', { 'overwrite:header.x': 7 }],
    ['AWS-CTX-30', { 'overwrite:header.x': '$context.authorizer.claims.cognito:groups' }],
    ['AWS-CTX-30', { 'overwrite:header.x': '$context.authorizer.claims.https://x/y' }],
    ['AWS-CTX-30', { 'overwrite:header.x': '$context.authorizer.a-b' }],
    ['AWS-CTX-31', { 'remove:header.x': 'y' }],
    ['AWS-CTX-31', { 'remove:header.x': '', 'overwrite:header.X': 'y' }],
    ['SEC-105', {}],
    ['SEC-105', 'text'],
  ])('%s the rules %j are rejected', (_, rules) => {
    expect(errorMessage(() => aws.parameterMapping(rules as aws.RequestParameters))).toMatch(
      /^ERR_OPTIONaws\.parameterMapping/,
    )
  })

  test('SEC-105 an unknown option is rejected', () => {
    expect(errorMessage(() => aws.parameterMapping({ 'remove:header.x': '' }, { stages: {} } as never))).toContain(
      'stages',
    )
  })

  test('SEC-105 contextHeaders and parameterMapping on one mount are rejected', () => {
    const options = {
      contextHeaders: { 'x-user': 'principalId' },
      parameterMapping: aws.parameterMapping({ 'remove:header.x': '' }),
    }
    expect(errorMessage(() => customAuthorizer(() => true, options))).toContain('contextHeaders')
  })
})
