/** Pins the members of every list of headers that is derived from the table of roles. @module */
import * as aws from '@custom-authorizer/core/aws'
import {
  FIELD_NAME,
  FIELD_VALUE,
  ASCII_FIELD_VALUE,
  headersFor,
  type HeaderRole,
} from '@custom-authorizer/core/contract'
import * as huawei from '@custom-authorizer/core/huawei'
import { REPRESENTATION_HEADERS } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'

const ROLES: readonly HeaderRole[] = [
  'framing',
  'hop-by-hop',
  'connection-option',
  'representation',
  'transport',
  'content',
  'negotiation',
  'credential',
  'conditional',
  'cors',
  'browser',
  'forwarded',
  'control',
]

const names = (text: string): string[] => text.trim().split(/\s+/)

describe('headersFor', () => {
  test.each([
    [
      'framing',
      ['framing'],
      'connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade',
    ],
    [
      'hop-by-hop',
      ['hop-by-hop'],
      `connection http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer
       transfer-encoding upgrade`,
    ],
    ['connection option', ['connection-option'], 'http2-settings keep-alive te trailer upgrade'],
    [
      'transport header of a remote call',
      ['hop-by-hop', 'transport'],
      `accept accept-encoding connection content-encoding content-length content-type expect host http2-settings keep-alive
       proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade`,
    ],
    [
      'header that contextHeaders must not set',
      ['negotiation', 'cors', 'credential', 'control', 'hop-by-hop', 'content', 'conditional', 'browser', 'forwarded'],
      `accept accept-charset accept-encoding accept-language access-control-request-headers access-control-request-method
       authorization cache-control connection content-encoding content-length content-type cookie date expect forwarded from
       host http2-settings if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive max-forwards
       origin proxy-authenticate proxy-authorization proxy-connection range referer sec-ch-ua sec-fetch-site
       sec-websocket-key sec-websocket-protocol set-cookie te trailer transfer-encoding upgrade user-agent via
       www-authenticate x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-prefix x-forwarded-proto
       x-forwarded-uri x-http-method-override x-real-ip`,
    ],
    [
      'header that a Huawei backend parameter must not set',
      ['framing', 'hop-by-hop', 'forwarded'],
      `connection content-length forwarded http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection
       te trailer transfer-encoding upgrade via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-prefix
       x-forwarded-proto x-forwarded-uri x-real-ip`,
    ],
  ] as const)('returns exactly the members of the list: %s', (_, roles, expected) => {
    expect([...headersFor(...roles)]).toEqual(names(expected))
  })

  test('REPRESENTATION_HEADERS has exactly the headers that describe a replaced body', () => {
    expect(REPRESENTATION_HEADERS).toEqual(
      names('accept-ranges content-encoding content-range etag last-modified transfer-encoding'),
    )
  })
})

const EVERY_NAME = names(`
  ${[...headersFor(...ROLES)].join(' ')} access-control-x apigw-x content-location content-md5 proxy-x server trailers x-amz-x
  x-amzn-x x-forwarded-x x-other x-request-id
`)

const isAccepted = (build: () => unknown): boolean => {
  try {
    build()
    return true
  } catch {
    return false
  }
}

describe('header lists of the gateways', () => {
  test.each<[option: string, build: (name: string) => unknown, rejected: string]>([
    [
      'gatewayResponses of a REST API',
      (name) =>
        aws.token({
          gatewayResponses: { UNAUTHORIZED: { responseParameters: { [`gatewayresponse.header.${name}`]: "'x'" } } },
        }),
      'connection content-length keep-alive te trailer transfer-encoding upgrade',
    ],
    [
      'parameterMapping of an HTTP API',
      (name) => aws.parameterMapping({ [`overwrite:header.${name}`]: 'x' }),
      `access-control-request-headers access-control-request-method access-control-x apigw-x authorization connection
       content-encoding content-length content-location expect forwarded http2-settings keep-alive origin
       proxy-authenticate proxy-authorization proxy-connection te trailer trailers transfer-encoding upgrade via x-amz-x
       x-amzn-x x-forwarded-for x-forwarded-host x-forwarded-proto`,
    ],
    [
      'gatewayResponses of Huawei',
      (name) => huawei.frontend({ gatewayResponses: { AUTHORIZER_FAILURE: { headers: [{ key: name, value: 'x' }] } } }),
      'connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade x-request-id',
    ],
    [
      'backendParameters of Huawei',
      (name) => huawei.backendParameters([{ name, location: 'HEADER', origin: 'CONSTANT', value: 'x' }]),
      `connection content-length expect forwarded host http2-settings keep-alive proxy-authenticate proxy-authorization
       proxy-connection proxy-x te trailer transfer-encoding upgrade via x-forwarded-for x-forwarded-host x-forwarded-port
       x-forwarded-prefix x-forwarded-proto x-forwarded-uri x-forwarded-x x-real-ip x-request-id`,
    ],
  ])('%s rejects exactly the reserved headers', (_, build, rejected) => {
    for (const changeCase of [(name: string) => name, (name: string) => name.toUpperCase()])
      expect(EVERY_NAME.filter((name) => !isAccepted(() => build(changeCase(name)))).toSorted()).toEqual(
        names(rejected),
      )
  })
})

describe('header patterns', () => {
  test.each(['x', 'X-User_Id', "!#$%&'*+.^_`|~-09Az"])('FIELD_NAME accepts %s', (name) => {
    expect(FIELD_NAME.test(name)).toBe(true)
  })
  test.each(['', 'x y', 'x:', 'é', 'x\n'])('FIELD_NAME rejects %j', (name) => {
    expect(FIELD_NAME.test(name)).toBe(false)
  })
  test.each(['', 'a b\t~', '\u0080\u00ff'])('FIELD_VALUE accepts %j', (value) => {
    expect(FIELD_VALUE.test(value)).toBe(true)
  })
  test.each(['a\nb', 'a\r', '\u0000', '\u007f', '\u0100'])('FIELD_VALUE and ASCII_FIELD_VALUE reject %j', (value) => {
    expect(FIELD_VALUE.test(value) || ASCII_FIELD_VALUE.test(value)).toBe(false)
  })
  test('ASCII_FIELD_VALUE rejects Latin-1 text beyond ASCII', () => {
    expect([ASCII_FIELD_VALUE.test('\t ~'), ASCII_FIELD_VALUE.test('\u0080')]).toEqual([true, false])
  })
})
