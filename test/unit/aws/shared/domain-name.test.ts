/** `domainName` and `domainPrefix`: the configured domain, otherwise the requested host (AWS-EVT-16, 44, 81). */
import { createAuthorizer, type Contract } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { allow, API } from '../harness.ts'

type Options = { readonly api?: aws.ApiOptions }

const CONTRACTS: Readonly<Record<string, (options: Options) => unknown>> = {
  'aws.request': (options) => aws.request({ authorizerResultTtlInSeconds: 0, ...options }),
  'aws.httpApi 2.0': (options) => aws.httpApi(options),
  'aws.httpApi 1.0': (options) => aws.httpApi({ authorizerPayloadFormatVersion: '1.0', ...options }),
  'aws.webSocket': (options) => aws.webSocket(options),
}

interface Domain {
  readonly domainName: string
  readonly domainPrefix?: string
}

const domainOf = async (contract: unknown, parts: RequestParts, line = 'GET /pets'): Promise<Domain> => {
  let seen: Domain | undefined
  const authorize = async (event: { requestContext: Domain }): Promise<object> => {
    seen = event.requestContext
    return allow()
  }
  const authorizer = createAuthorizer({
    authorize: authorize as () => unknown,
    contract: contract as Contract,
    clock: fakeClock(),
    logger: null,
  })
  await authorizer.evaluate(gatewayRequest(line, parts))
  if (seen === undefined) throw new Error('the function was not called')
  const { domainName, domainPrefix } = seen
  return domainPrefix === undefined ? { domainName } : { domainName, domainPrefix }
}

const DEFAULT = 'abcdef123.execute-api.us-east-1.amazonaws.com'

const HOSTS: readonly [title: string, parts: RequestParts, domainName: string][] = [
  ['a host', { headers: { Host: 'shop.example.com' } }, 'shop.example.com'],
  ['a host in capitals', { headers: { host: 'Shop.Example.COM' } }, 'shop.example.com'],
  ['a host with a port', { headers: { Host: 'shop.example.com:8443' } }, 'shop.example.com'],
  ['localhost', { headers: { Host: 'localhost:3000' } }, 'localhost'],
  ['an IPv6 address', { headers: { Host: '[::1]:3000' } }, '[::1]'],
  ['the authority of HTTP/2', { httpVersion: '2.0', headers: { ':authority': 'h2.example.com' } }, 'h2.example.com'],
  ['no host in HTTP/1.0', { httpVersion: '1.0' }, DEFAULT],
  ['a host in HTTP/1.0', { httpVersion: '1.0', headers: { Host: 'old.example.com' } }, 'old.example.com'],
  [
    'X-Forwarded-Host, which is ignored',
    { headers: { Host: 'a.example.com', 'X-Forwarded-Host': 'b.test' } },
    'a.example.com',
  ],
]

describe.each(Object.entries(CONTRACTS))('%s', (name, contract) => {
  const expected = (domainName: string): Domain =>
    name === 'aws.webSocket' ? { domainName } : { domainName, domainPrefix: domainName.split('.')[0] as string }

  test.each(HOSTS)('AWS-EVT-16 domainName is the host for a request with %s', async (_, parts, domainName) => {
    expect(await domainOf(contract({ api: API }), parts)).toEqual(expected(domainName))
  })

  test('AWS-EVT-16 api.domainName takes precedence over the requested host', async () => {
    const api = { ...API, domainName: 'shop.example.com' }
    expect(await domainOf(contract({ api }), { headers: { Host: 'evil.example.com' } })).toEqual(
      expected('shop.example.com'),
    )
    expect(await domainOf(contract({ api: { ...API, domainName: DEFAULT } }), {})).toEqual(expected(DEFAULT))
  })

  test('AWS-EVT-16 without api.domainName, domainName is the requested host despite a base path', async () => {
    const parts = { headers: { Host: 'shop.example.com' } }
    const api = { ...API, basePath: 'v1' }
    expect(await domainOf(contract({ api }), parts, 'GET /v1/pets')).toEqual(expected('shop.example.com'))
  })
})

test('AWS-GWR-17 $context.domainName in a gateway response is the requested host', async () => {
  const gatewayResponses = {
    UNAUTHORIZED: { responseTemplates: { 'application/json': '$context.domainName $context.domainPrefix' } },
  }
  const contract = aws.token({ api: API, gatewayResponses })
  const authorizer = createAuthorizer({ authorize: async () => ({}) as never, contract, logger: null })
  const bodyOf = async (parts: RequestParts): Promise<string> => {
    const outcome = await authorizer.evaluate(gatewayRequest('GET /', parts))
    return outcome.allowed ? '' : outcome.response.body
  }
  expect(await bodyOf({ headers: { Host: 'shop.example.com:81' } })).toBe('shop.example.com shop')
  expect(await bodyOf({ httpVersion: '1.0' })).toBe(`${DEFAULT} abcdef123`)
})
