import {
  httpFunction,
  type HttpFunctionOptions,
  lambdaFunction,
  type LambdaFunctionOptions,
} from '@custom-authorizer/core/remote'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, titled } from '../../support/option-error.ts'

const url = 'https://authorizer.example/'
const SECRET = 'hunter2'
const client = { invoke: async () => ({}) }

const address = (value: unknown, found: string, allowed: string, more: object = {}): Row => [
  'httpFunction.url',
  { url: value, ...more },
  found,
  allowed,
]
const ADDRESSES = [
  address(undefined, 'undefined', 'a URL'),
  address(5, 'a number', 'a URL'),
  address(new URL(url), 'an object', 'a URL'),
  address('', 'a string that is not a URL', 'a URL'),
  address('authorizer.example', 'a string that is not a URL', 'a URL'),
  address('/authorize', 'a string that is not a URL', 'a URL'),
  address('https://', 'a string that is not a URL', 'a URL'),
  address(' https://authorizer.example/', 'a string that is not a URL', 'a URL'),
  address('https://authorizer.example/\n', 'a string that is not a URL', 'a URL'),
  address('https:\\\\authorizer.example\\', 'a string that is not a URL', 'a URL'),
  address('https://authorizer.example/ä', 'a string that is not a URL', 'a URL'),
  address(`${url}${'a'.repeat(2048)}`, 'a string that is not a URL', 'a URL'),
  address('https://authorizer.example/#x', 'with a fragment', 'without a fragment'),
  address('https://authorizer.example/#', 'with a fragment', 'without a fragment'),
  address(`https://ann:${SECRET}@authorizer.example/`, 'a URL with credentials', 'headers'),
  address(`https://${SECRET}@authorizer.example/`, 'with credentials', 'headers'),
  address('http://authorizer.example/', 'an http: URL of another machine', 'allowInsecure'),
  address('http://10.0.0.5/', 'an http: URL of another machine', 'allowInsecure'),
  address('http://10.0.0.5/', 'an http: URL of another machine', 'allowInsecure', { allowInsecure: false }),
  address('http://0.0.0.0/', 'an http: URL of another machine', 'allowInsecure'),
  address('http://127.0.0.1.example/', 'an http: URL of another machine', 'allowInsecure'),
  address('http://localhost.example/', 'an http: URL of another machine', 'allowInsecure'),
  address('http://[::2]/', 'an http: URL of another machine', 'allowInsecure'),
  address('ws://127.0.0.1/', 'a URL with another scheme', 'https:'),
  address('file:///etc/passwd', 'a URL with another scheme', 'https:', { allowInsecure: true }),
  address('data:application/json,{}', 'a URL with another scheme', 'https:', { allowInsecure: true }),
  address(url, 'a URL whose host is not in allowHosts', 'a URL whose host is in allowHosts', {
    allowHosts: ['other.example'],
  }),
  address(url, 'a URL whose host is not in allowHosts', 'a URL whose host is in allowHosts', { allowHosts: [] }),
  address('https://authorizer.example:8443/', 'a URL whose host is not in allowHosts', 'allowHosts', {
    allowHosts: ['authorizer.example'],
  }),
  address('https://authorizer.example.evil.example/', 'a URL whose host is not in allowHosts', 'allowHosts', {
    allowHosts: ['authorizer.example'],
  }),
  address('https://authorizer.example./', 'a URL whose host is not in allowHosts', 'allowHosts', {
    allowHosts: ['authorizer.example'],
  }),
]

describe('rejected addresses', () => {
  test.each(titled(ADDRESSES))('SEC-83 SEC-105 %s: found %s; allowed: %s', (path, found, allowed, options) => {
    const make = (): unknown => httpFunction(options as HttpFunctionOptions)
    expectOptionError(make, path, found, allowed)
    expect(make).not.toThrow(SECRET)
  })
})

describe('accepted addresses', () => {
  test.each<[string, Partial<HttpFunctionOptions>]>([
    ['https://authorizer.example/', {}],
    ['https://authorizer.example:8443/a?code=x', { allowHosts: ['authorizer.example:8443'] }],
    ['https://Authorizer.Example/', { allowHosts: ['other.example', 'authorizer.example'] }],
    ['https://authorizer.example:443/', { allowHosts: ['authorizer.example'] }],
    ['http://127.0.0.1:8080/', {}],
    ['http://127.8.8.8/', {}],
    ['http://localhost:8080/', {}],
    ['http://[::1]:8080/', { allowHosts: ['[::1]:8080'] }],
    ['http://authorizer:8080/', { allowInsecure: true }],
  ])('SEC-83 httpFunction accepts %s', (each, options) => {
    expect(httpFunction({ url: each, ...options })).toBeTypeOf('function')
  })

  test.each<[string, LambdaFunctionOptions]>([
    ['a name', { functionName: 'pets-authorizer', client }],
    ['an ARN', { functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:pets:live', client }],
    ['a version', { functionName: 'pets', qualifier: '$LATEST', client }],
    ['an endpoint', { endpoint: 'http://127.0.0.1:9000' }],
    ['an endpoint in a network of containers', { endpoint: 'http://authorizer:8080/', allowInsecure: true }],
  ])('SEC-83 lambdaFunction accepts %s', (_, options) => {
    expect(lambdaFunction(options)).toBeTypeOf('function')
  })
})
