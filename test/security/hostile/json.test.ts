import { type Authorizer, createAuthorizer, native } from '@custom-authorizer/core'
import { JsonProblem, JsonNumber, parseExactJson, parseJson, GatewayRequest } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { describe, expect, test } from 'vitest'
import { PromiseStore } from '../../support/promise-store.ts'
import { reasonOf } from '../../support/outcome.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { JSON_TEXTS, type JsonText } from './data.ts'

const REQUEST = gatewayRequest('GET /pets', { headers: { Authorization: 't' } })
/** Valid for the suite, but duplicate names are ambiguous (SEC-88). */
const TWICE = /^y_object_duplicated_key/

const authorizerOf = (contract: unknown, authorize: unknown, options: object = {}): Authorizer =>
  createAuthorizer({
    name: 'json',
    authorize: authorize as never,
    contract: contract as never,
    logger: null,
    ...options,
  })

const wrap = (before: string, text: Buffer, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), text, Buffer.from(after)])

/** The parsed value in a tuple; `undefined` if the text must be, or is, rejected. */
const valueOf = ({ name, kind, bytes }: JsonText): readonly [unknown] | undefined => {
  if (kind === 'n' || TWICE.test(name)) return undefined
  const value = parseJson(bytes, 'text')
  return value instanceof JsonProblem ? undefined : [value]
}

const holdsLongNumber = (value: unknown): boolean =>
  value instanceof JsonNumber ||
  (typeof value === 'object' && value !== null && Object.values(value).some(holdsLongNumber))

/** The outcome for a result with this text: numbers that an HTTP API cannot represent exactly are rejected (SEC-35). */
const expectedFor = (text: JsonText): string => {
  if (valueOf(text) === undefined) return 'AUTHORIZER_ERROR'
  return holdsLongNumber(parseExactJson(text.bytes, 'text')) ? 'BAD_RESULT' : 'ALLOWED'
}

test('SEC-88, SEC-39 parseJson rejects every invalid text of JSONTestSuite and every duplicate name, and accepts the valid ones', () => {
  expect(JSON_TEXTS.filter(({ kind }) => kind === 'n')).toHaveLength(188)
  const read = JSON_TEXTS.filter(({ bytes }) => !(parseJson(bytes, 'text') instanceof JsonProblem))
  expect(read.filter(({ kind }) => kind === 'n')).toEqual([])
  const rejected = JSON_TEXTS.filter((text) => text.kind === 'y' && !read.includes(text)).map(({ name }) => name)
  expect(rejected.filter((name) => !TWICE.test(name))).toEqual([])
  expect(rejected).toHaveLength(2)
  for (const { kind, bytes } of read)
    if (kind === 'y') expect(parseJson(bytes, 'text')).toEqual(JSON.parse(bytes.toString()))
})

/** Remote functions that respond with these bytes. */
const remotes: readonly (readonly [string, (bytes: Buffer) => (event: object) => Promise<unknown>])[] = [
  [
    'lambdaFunction',
    (bytes) =>
      lambdaFunction({ functionName: 'f', client: { invoke: async () => ({ StatusCode: 200, Payload: bytes }) } }),
  ],
  [
    'httpFunction',
    (bytes) =>
      httpFunction({
        url: 'https://authorizer.example/',
        fetch: async () => new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/json' } }),
      }),
  ],
]

describe.each(remotes)('response of %s', (_, remote) => {
  const evaluated = async (contract: unknown, bytes: Buffer): Promise<string> =>
    reasonOf(await authorizerOf(contract, remote(bytes)).evaluate(REQUEST))

  test('SEC-31, SEC-88 no text of JSONTestSuite is an authorizer result', async () => {
    const contracts = [
      aws.token({ authorizerResultTtlInSeconds: 0 }),
      aws.httpApi(),
      aws.httpApi({ enableSimpleResponses: true }),
      huawei.frontend(),
    ]
    for (const { name, bytes } of JSON_TEXTS) {
      for (const contract of contracts)
        expect([name, await evaluated(contract, bytes)]).toEqual([
          name,
          expect.stringMatching(/^(?:BAD_RESULT|AUTHORIZER_ERROR)$/),
        ])
    }
  })

  test('SEC-33, SEC-88 a text as a context value is accepted exactly if it is valid JSON', async () => {
    const contract = aws.httpApi({ enableSimpleResponses: true })
    for (const text of JSON_TEXTS) {
      const reason = await evaluated(contract, wrap('{"isAuthorized":true,"context":{"k":', text.bytes, '}}'))
      // Some `i` texts exceed the nesting limit here, because the result adds two levels.
      if (text.kind === 'i') expect(['ALLOWED', 'AUTHORIZER_ERROR', 'BAD_RESULT']).toContain(reason)
      else expect([text.name, reason]).toEqual([text.name, expectedFor(text)])
    }
  })
})

/** The outcome of a request whose FunctionGraph function returns this body. */
const decided = async (body: unknown, more: object = {}): Promise<string> =>
  reasonOf(await authorizerOf(huawei.frontend(), async () => ({ statusCode: 200, body, ...more })).evaluate(REQUEST))

describe('body of a FunctionGraph response', () => {
  test('SEC-40, HW-RSP-12 no text of JSONTestSuite is an allow', async () => {
    for (const { name, bytes } of JSON_TEXTS) {
      const results = [
        await decided(bytes.toString()),
        await decided(bytes.toString('latin1')),
        await decided(bytes.toString('base64'), { isBase64Encoded: true }),
        await decided(`{"status":"deny"}${bytes.toString()}`),
      ]
      // A deny followed by white space is valid.
      expect([name, ...results.map((each) => each === 'BAD_RESULT' || each === 'DENIED')]).toEqual([
        name,
        true,
        true,
        true,
        true,
      ])
    }
  })

  test('SEC-40, HW-RSP-07 a text is a context value exactly if it is a JSON string', async () => {
    for (const text of JSON_TEXTS) {
      const body = wrap('{"status":"allow","context":{"k":', text.bytes, '}}')
      const found = valueOf(text)
      const expected = found !== undefined && typeof found[0] === 'string' ? 'ALLOWED' : 'BAD_RESULT'
      const asBytes = await decided(body.toString('base64'), { isBase64Encoded: true })
      expect([text.name, asBytes]).toEqual([text.name, expected])
      if (text.kind !== 'i') expect([text.name, await decided(body.toString())]).toEqual([text.name, expected])
    }
  })

  test('SEC-40 a text is not a FunctionGraph response', async () => {
    for (const { name, bytes } of JSON_TEXTS) {
      const result = await authorizerOf(huawei.frontend(), async () => bytes.toString()).evaluate(REQUEST)
      expect([name, reasonOf(result)]).toEqual([name, 'BAD_RESULT'])
    }
  })
})

test('AWS-OUT-34 a policy document as JSON text is rejected', async () => {
  for (const { name, bytes } of JSON_TEXTS) {
    const policyDocument = bytes.toString()
    for (const contract of [aws.token({ authorizerResultTtlInSeconds: 0 }), aws.httpApi()]) {
      const authorizer = authorizerOf(contract, async () => ({ principalId: 'a', policyDocument }))
      expect([name, reasonOf(await authorizer.evaluate(REQUEST))]).toEqual([name, 'BAD_RESULT'])
    }
  }
})

/** Contracts that cache results, with a function that allows. */
const storedTexts: readonly (readonly [string, unknown, () => unknown])[] = [
  ['native', native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 60 }), () => true],
  [
    'aws.token',
    aws.token(),
    async () => ({ principalId: 'a', policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } }),
  ],
  [
    'huawei.frontend',
    huawei.frontend({ identities: [{ location: 'HEADER', name: 'Authorization' }], ttl: 60 }),
    async () => ({ statusCode: 200, body: '{"status":"allow"}' }),
  ],
]

test.each(storedTexts)('SEC-65 a text in place of a cached result is a miss: %s', async (_, contract, result) => {
  const store = new PromiseStore()
  const logger = new RecordingLogger()
  let calls = 0
  const authorize = (): unknown => {
    calls++
    return result()
  }
  const authorizer = authorizerOf(contract, authorize, { store, logger })
  expect(reasonOf(await authorizer.evaluate(REQUEST))).toBe('ALLOWED')
  const places: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => `{"result":${text},"issuedFor":{"method":"GET","path":"/"}}`,
    (text) =>
      `{"result":{"isAuthorized":true,"status":"allow","principalId":${text},"context":{}},"issuedFor":{"method":"GET","path":"/"}}`,
  ]
  for (const { name, kind, bytes } of JSON_TEXTS) {
    for (const [index, place] of places.entries()) {
      // Valid JSON may be a valid member of a result.
      if (kind !== 'n' && index > 0) continue
      for (const key of store.entries.keys()) store.entries.set(key, place(bytes.toString()))
      calls = 0
      expect([name, index, reasonOf(await authorizer.evaluate(REQUEST)), calls]).toEqual([name, index, 'ALLOWED', 1])
    }
  }
  expect(logger.lines.every((line) => /^[\x20-\x7e]{1,200}$/.test(line))).toBe(true)
})

test('HW-CFG-22 a text as the request body reaches the function unchanged', async () => {
  for (const isSendFgBodyBase64 of [true, false]) {
    let seen: huawei.FrontendEvent | undefined
    const authorize = async (event: huawei.FrontendEvent): Promise<unknown> => {
      seen = event
      return { statusCode: 200, body: '{"status":"allow"}' }
    }
    const authorizer = authorizerOf(huawei.frontend({ needBody: true, isSendFgBodyBase64 }), authorize)
    for (const { name, bytes } of JSON_TEXTS) {
      const request = new GatewayRequest({
        method: 'POST',
        target: '/pets',
        rawHeaders: ['Host', 'h', 'Content-Type', 'application/json'],
        httpVersion: '1.1',
        peer: () => '203.0.113.9',
        routing: { caseSensitive: true, strict: true },
        body: async () => new Uint8Array(bytes),
      })
      expect([name, reasonOf(await authorizer.evaluate(request))]).toEqual([name, 'ALLOWED'])
      const sent = Buffer.from(seen?.body ?? '', isSendFgBodyBase64 ? 'base64' : 'utf8')
      const text = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
      expect([name, sent.equals(isSendFgBodyBase64 ? bytes : text)]).toEqual([name, true])
    }
  }
})
