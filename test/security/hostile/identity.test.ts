import { type Authorizer, createAuthorizer, type Decision, type GatewayRequest, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { reasonOf } from '../../support/outcome.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { asEscapes, asHeader, shows, STRINGS } from './data.ts'

const POLICY = { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' } }
const RESULTS = {
  policy: async () => ({ principalId: 'ann', policyDocument: POLICY }),
  native: () => true,
  function: async () => ({ statusCode: 200, body: '{"status":"allow"}' }),
}

/** Contracts with the identity source `token`, in a header or a query parameter. */
const kinds: readonly (readonly [string, unknown, keyof typeof RESULTS, 'header' | 'query'])[] = [
  ['aws.token', aws.token({ identitySource: 'method.request.header.token' }), 'policy', 'header'],
  ['aws.request', aws.request({ identitySource: 'method.request.header.token' }), 'policy', 'header'],
  ['aws.request', aws.request({ identitySource: 'method.request.querystring.token' }), 'policy', 'query'],
  ['aws.httpApi', aws.httpApi({ identitySource: '$request.querystring.token' }), 'policy', 'query'],
  ['native', native({ identitySources: ['$request.header.token'], resultTtlSeconds: 9 }), 'native', 'header'],
  ['native', native({ identitySources: ['$request.querystring.token'] }), 'native', 'query'],
  ['huawei', huawei.frontend({ identities: [{ location: 'HEADER', name: 'token' }] }), 'function', 'header'],
  ['huawei', huawei.frontend({ identities: [{ location: 'QUERY', name: 'token' }], ttl: 9 }), 'function', 'query'],
]

interface Watched {
  readonly authorizer: Authorizer
  readonly logger: RecordingLogger
  readonly decisions: Decision[]
  calls: number
}
const watched = (contract: unknown, result: () => unknown): Watched => {
  const logger = new RecordingLogger()
  const decisions: Decision[] = []
  const authorize = (): unknown => {
    watch.calls++
    return result()
  }
  const authorizer = createAuthorizer({
    name: 'watched',
    authorize: authorize as never,
    contract: contract as never,
    logger,
    onDecision: (decision) => decisions.push(decision),
  })
  const watch: Watched = { authorizer, logger, decisions, calls: 0 }
  return watch
}

/** Whether a value is present after RFC 9110 trimming and has no control characters (SEC-55, SEC-57). */
const isIdentity = (value: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[^\t ]/.test(value) && !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)

const requestWith = (place: 'header' | 'query', text: string): GatewayRequest =>
  place === 'header'
    ? gatewayRequest('GET /pets', { headers: [['Token', asHeader(text)]] })
    : gatewayRequest(`GET /pets?token=${asEscapes(text)}`)

describe.each(kinds)('%s', (_, contract, result, place) => {
  test(`SEC-55, SEC-57, SEC-101 a naughty string in the ${place} identity source is accepted or gives 401, and is never disclosed`, async () => {
    const watch = watched(contract, RESULTS[result])
    for (const text of STRINGS) {
      watch.calls = 0
      const value = place === 'header' ? asHeader(text) : text
      const outcome = await watch.authorizer.evaluate(requestWith(place, text))
      expect(outcome.allowed, JSON.stringify(text)).toBe(isIdentity(value))
      if (!outcome.allowed) {
        expect(watch.calls).toBe(0)
        expect([401, reasonOf(outcome)]).toEqual([outcome.response.status, expect.stringMatching(/^IDENTITY_SOURCE_/)])
        expect(shows(outcome.response, value)).toBe(false)
      }
      const decision = watch.decisions.at(-1)
      expect(shows({ ...decision, explained: decision?.explain() }, value), JSON.stringify(text)).toBe(false)
    }
    expect(watch.decisions).toHaveLength(STRINGS.length)
    expect(watch.logger.lines).toEqual([])
  })
})

/** Expressions with the same meaning in RE2 and JavaScript. */
const EXPRESSIONS = ['Bearer [-0-9A-Za-z._~+/]+=*', '[a-z]+', '.*', '.+', '\\d+', '[^<>]*', '(a|b)*c?', '\\w*']

describe.each(EXPRESSIONS)('identity validation with %s', (expression) => {
  const whole = new RegExp(`^(?:${expression})$`)
  // In Java, and so in `aws.token`, a dot does not match U+0085 either.
  const wholeInJava = new RegExp(`^(?:${expression.replaceAll('.', '[^\\n\\r\\u0085\\u2028\\u2029]')})$`)
  const identities = [{ location: 'HEADER' as const, name: 'token', validation: expression }]
  const source = 'method.request.header.token'
  const rows: readonly (readonly [string, unknown, keyof typeof RESULTS])[] = [
    ['aws.token', aws.token({ identitySource: source, identityValidationExpression: expression }), 'policy'],
    ['huawei.frontend', huawei.frontend({ identities }), 'function'],
  ]
  test.each(rows)('SEC-30, SEC-96 %s accepts exactly the naughty strings that match', async (_, contract, result) => {
    const watch = watched(contract, RESULTS[result])
    for (const text of STRINGS) {
      const value = asHeader(text)
      const outcome = await watch.authorizer.evaluate(requestWith('header', text))
      expect(outcome.allowed, JSON.stringify(text)).toBe(
        isIdentity(value) && (result === 'policy' ? wholeInJava : whole).test(value),
      )
    }
  })
})
