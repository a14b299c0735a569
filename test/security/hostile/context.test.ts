import { allow, deny, type RequestEdits, type RequestMapping } from '@custom-authorizer/core'
import { createMount, type GuardResult } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { shows, STRINGS } from './data.ts'

const POLICY = { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }
const EXACT = { caseSensitive: true, strict: true }
const REQUEST = gatewayRequest('GET /pets/7', { headers: { Authorization: 't' } })

/** The guard result for a request whose authorizer returns this value. */
const entered = async (result: unknown, options: object): Promise<GuardResult<unknown>> =>
  createMount((() => result) as () => boolean, { logger: null, ...options }, EXACT).handle(REQUEST)

const editsOf = (entry: GuardResult<unknown>): RequestEdits | undefined =>
  entry.kind === 'allowed' ? entry.edits : undefined

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const isSendable = (text: string): boolean => !/[\u0000-\u001f\u007f]/.test(text) && text.length <= 1024

describe('naughty strings in an allow result', () => {
  test('SEC-21 a naughty string cannot break a header line', async () => {
    for (const text of STRINGS) {
      const contextHeaders = { 'X-Principal': 'principalId', 'X-Value': 'context.value' }
      const entry = await entered(allow({ principalId: text, context: { value: text } }), { contextHeaders })
      const lines = editsOf(entry)?.headers
      expect(entry.kind, JSON.stringify(text)).toBe(isSendable(text) ? 'allowed' : 'denied')
      expect(lines?.every(([, value]) => /^[\x20-\x7e]*$/.test(value))).not.toBe(false)
      if (lines !== undefined) expect(lines.map(([, value]) => decodeURIComponent(value))).toEqual([text, text])
      else if (entry.kind === 'denied')
        expect([entry.denied.response.status, shows(entry.denied, text)]).toEqual([500, false])
    }
  })

  test('SEC-33, SEC-38 a naughty string reaches the handler unchanged', async () => {
    let result: object = {}
    const [native, policy] = [() => result as never, async () => result as never]
    const mounts = [
      createMount(native, { logger: null }, EXACT),
      createMount(policy, { contract: aws.token({ authorizerResultTtlInSeconds: 0 }), logger: null }, EXACT),
      createMount(policy, { contract: aws.httpApi(), logger: null }, EXACT),
    ]
    for (const text of STRINGS) {
      const principalId = text.slice(0, 1024)
      for (const [index, mount] of mounts.entries()) {
        result = {
          principalId,
          context: { value: text },
          ...(index === 0 ? { isAuthorized: true } : { policyDocument: POLICY }),
        }
        const entry = await mount.handle(REQUEST)
        const observed =
          entry.kind === 'allowed' ? [entry.authorizer.principalId, entry.authorizer.context] : entry.kind
        expect(observed).toEqual([principalId, { value: text }])
      }
    }
  })

  test('SEC-34 a naughty string is an ordinary context key, or the result is rejected', async () => {
    for (const text of STRINGS) {
      const context = JSON.parse(`{${JSON.stringify(text)}:"v"}`) as Record<string, unknown>
      const allowedResult = await entered({ isAuthorized: true, context }, {})
      const forbidden = ['__proto__', 'constructor', 'prototype'].includes(text)
      expect([text, allowedResult.kind]).toEqual([text, forbidden ? 'denied' : 'allowed'])
      if (allowedResult.kind === 'allowed')
        expect(Object.entries(allowedResult.authorizer.context as object)).toEqual([[text, 'v']])
      // In header names, only keys that are unambiguous header names are accepted.
      const sent = await entered({ isAuthorized: true, context }, { contextHeaders: 'x-authz-' })
      const named = /^[A-Za-z][\w-]{0,63}$/.test(text) && !forbidden
      expect([text, editsOf(sent)?.headers.length]).toEqual([text, named ? 2 : undefined])
      for (const [name] of editsOf(sent)?.headers ?? []) expect(name).toMatch(/^x-authz-[a-z\d-]+$/)
    }
  })
})

const MAPPINGS: readonly (readonly [string, RequestMapping, object, (value: string) => unknown])[] = [
  [
    'aws.parameterMapping',
    aws.parameterMapping({
      'overwrite:header.x-value': '$context.authorizer.value',
      'append:querystring.value': '$context.authorizer.value',
      'overwrite:path': '/t/${context.authorizer.value}/end',
    }),
    { contract: aws.httpApi({ enableSimpleResponses: true }) },
    (value) => ({ isAuthorized: true, context: { value } }),
  ],
  [
    'huawei.backendParameters',
    huawei.backendParameters(
      (['HEADER', 'QUERY', 'PATH'] as const).map((location) => ({
        name: location === 'HEADER' ? 'x-value' : 'value',
        location,
        origin: 'SYSTEM',
        value: '$context.authorizer.frontend.value',
      })),
      { reqUri: '/t/{value}/end' },
    ),
    { contract: huawei.frontend() },
    (value) => ({ statusCode: 200, body: JSON.stringify({ status: 'allow', context: { value } }) }),
  ],
]

test.each(MAPPINGS)(
  'SEC-47, SEC-115 a naughty string that is mapped into header, query and path changes nothing else: %s',
  async (_, parameterMapping, options, result) => {
    let mapped = 0
    for (const text of STRINGS) {
      const entry = await entered(Promise.resolve(result(text)), { ...options, parameterMapping })
      const edits = editsOf(entry)
      if (edits === undefined) continue
      mapped++
      const url = new URL(`http://h${edits.target}`)
      expect([url.host, url.hash, url.pathname]).toEqual(['h', '', edits.target?.split('?')[0]])
      expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 't', text, 'end'])
      expect([...url.searchParams]).toEqual([['value', text]])
      expect(edits.headers.map(([name, value]) => [name, decodeURIComponent(value)])).toEqual([['x-value', text]])
      expect(edits.headers.every(([, value]) => /^[\x20-\x7e]*$/.test(value))).toBe(true)
    }
    expect(mapped).toBeGreaterThan(300)
  },
)

describe('naughty strings in a denial', () => {
  test('SEC-21 a naughty string is sent as a header of a denial, or replaced by 500', async () => {
    for (const text of STRINGS) {
      const entry = await entered(deny({ body: text, headers: { 'X-Reason': text } }), {})
      const { response } = entry.kind === 'denied' ? entry.denied : { response: undefined }
      const plain = /^[\t\x20-\x7e]*$/.test(text)
      expect([text, response?.status]).toEqual([text, plain ? 403 : 500])
      if (plain)
        expect([response?.body, response?.headers.find(([name]) => name === 'X-Reason')?.[1]]).toEqual([text, text])
      else expect(shows(response, text)).toBe(false)
    }
  })

  test('AWS-GWR-18 a naughty string in a gateway response adds no header line', async () => {
    const responseParameters = { 'gatewayresponse.header.X-Value': 'context.authorizer.value' }
    const contract = aws.token({
      authorizerResultTtlInSeconds: 0,
      gatewayResponses: { ACCESS_DENIED: { responseParameters } },
    })
    const policyDocument = { Statement: { ...POLICY.Statement, Effect: 'Deny' } }
    for (const text of STRINGS) {
      const logger = new RecordingLogger()
      const result = Promise.resolve({ principalId: 'ann', policyDocument, context: { value: text } })
      const entry = await entered(result, { contract, logger })
      const lines = entry.kind === 'denied' ? entry.denied.response.headers : []
      const value = lines.find(([name]) => name === 'X-Value')?.[1]
      expect([text, value]).toEqual([text, /^[\t\x20-\x7e]*$/.test(text) ? text : undefined])
      expect(logger.lines).toEqual([])
    }
  })
})
