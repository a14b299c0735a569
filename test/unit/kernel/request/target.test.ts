/** Origin-form targets: canonical paths, and the targets that are rejected (SEC-02 to SEC-11). */
import { describe, expect, test } from 'vitest'
import { parseTarget } from '../../../../packages/core/src/kernel/request/target.ts'
import { gatewayRequest } from '../../../support/request.ts'

/** Unambiguous targets with their canonical path and query string. */
const accepted: readonly [rule: string, target: string, path: string, queryString: string][] = [
  ['SEC-02', '/', '/', ''],
  ['SEC-02', '/pets', '/pets', ''],
  ['SEC-02', '/pets/', '/pets/', ''],
  ['SEC-02', '/pets/7/toys', '/pets/7/toys', ''],
  ['SEC-07', "/a-b._~!$&'()*+,;=:@z", "/a-b._~!$&'()*+,;=:@z", ''],
  ['SEC-04', '/.well-known/x', '/.well-known/x', ''],
  ['SEC-04', '/a.', '/a.', ''],
  ['SEC-04', '/..a', '/..a', ''],
  ['SEC-04', '/...', '/...', ''],
  ['SEC-04', '/a/...', '/a/...', ''],
  ['SEC-02', '/pets?', '/pets', ''],
  ['SEC-02', '/pets?a=1', '/pets', 'a=1'],
  ['SEC-02', '/pets?a=1?b=2', '/pets', 'a=1?b=2'],
  ['SEC-02', '/pets?a=//b/../c', '/pets', 'a=//b/../c'],
  ['SEC-02', '/?//', '/', '//'],
  ['SEC-44', '/p?ts', '/p', 'ts'],
  ['SEC-44', '/*', '/*', ''],
  ['SEC-07', '/users/%62ob', '/users/bob', ''],
  ['SEC-07', '/%7e%2D%5f%2e%41', '/~-_.A', ''],
  ['SEC-07', '/a%2e', '/a.', ''],
  ['SEC-07', '/%2562ob', '/%2562ob', ''],
  ['SEC-07', '/a%20b', '/a%20b', ''],
  ['SEC-07', '/%e4%bd%a0', '/%E4%BD%A0', ''],
  ['SEC-07', '/%f0%9f%a6%93', '/%F0%9F%A6%93', ''],
  ['SEC-07', '/a"<>^`{|}b', '/a%22%3C%3E%5E%60%7B%7C%7Db', ''],
  ['SEC-06', '/admin%2fsecret', '/admin%2Fsecret', ''],
  ['SEC-06', '/a%2Fb/c', '/a%2Fb/c', ''],
  ['SEC-09', '/admin;a=b/secret', '/admin;a=b/secret', ''],
  ['SEC-09', '/admin%3ba', '/admin%3Ba', ''],
  ['SEC-10', '/pets%23x', '/pets%23x', ''],
  ['SEC-08', '/pets?a=%00%0a', '/pets', 'a=%00%0a'],
  ['SEC-16', '/users/%e2%84%aaim', '/users/%E2%84%AAim', ''],
  ['SEC-16', '/%ef%bc%8f', '/%EF%BC%8F', ''],
  ['SEC-16', '/e%cc%81', '/e%CC%81', ''],
  ['SEC-03', 'http://api.example.com/pets', '/pets', ''],
  ['SEC-03', 'HTTP://API.example.COM/pets?a=1', '/pets', 'a=1'],
  ['SEC-03', 'http://api.example.com:80/pets', '/pets', ''],
  ['SEC-03', 'https://api.example.com:443/pets', '/pets', ''],
  ['SEC-03', 'http://api.example.com', '/', ''],
  ['SEC-03', 'http://api.example.com?a=1', '/', 'a=1'],
]
test.each(accepted)('%s the target %j has the path %j and the query string %j', (_, target, path, queryString) => {
  const request = gatewayRequest(`GET ${target}`)
  expect(request.problem).toBeUndefined()
  expect({ path: request.path, queryString: request.queryString }).toEqual({ path, queryString })
})

/** Ambiguous and invalid targets. `true`: accepted with `ambiguousTargets: 'allow'`. */
const rejected: readonly [rule: string, target: string, problem: string, relaxable: boolean][] = [
  ['SEC-02', '//admin/secret', 'EMPTY_SEGMENT', true],
  ['SEC-02', '//', 'EMPTY_SEGMENT', true],
  ['SEC-05', '/admin//secret', 'EMPTY_SEGMENT', true],
  ['SEC-05', '/admin/secret//', 'EMPTY_SEGMENT', true],
  ['SEC-04', '/public/../admin/secret', 'DOT_SEGMENT', true],
  ['SEC-04', '/..', 'DOT_SEGMENT', true],
  ['SEC-04', '/.', 'DOT_SEGMENT', true],
  ['SEC-04', '/a/.', 'DOT_SEGMENT', true],
  ['SEC-04', '/a/./', 'DOT_SEGMENT', true],
  ['SEC-04', '/admin/%2e/secret', 'DOT_SEGMENT', true],
  ['SEC-04', '/admin/%2E%2e/secret', 'DOT_SEGMENT', true],
  ['SEC-04', '/admin/.%2e/secret', 'DOT_SEGMENT', true],
  ['SEC-04', '/admin/..', 'DOT_SEGMENT', true],
  ['SEC-09', '/admin/..;/secret', 'DOT_SEGMENT', true],
  ['SEC-09', '/admin/.;a=b/secret', 'DOT_SEGMENT', true],
  ['SEC-09', '/admin/%2e%2e;x', 'DOT_SEGMENT', true],
  ['SEC-09', '/admin/..%3b/secret', 'DOT_SEGMENT', true],
  ['SEC-06', '/admin\\secret', 'BACKSLASH', true],
  ['SEC-06', '/admin%5csecret', 'BACKSLASH', true],
  ['SEC-06', '/admin%5Csecret', 'BACKSLASH', true],
  ['SEC-06', '\\admin', 'TARGET_FORM', false],
  ['SEC-07', '/users/%zz', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%6', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%6/a', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%u0062ob', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%c0%af', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%ff', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%ed%a0%80', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%e4%bd', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/%f0%9f/%a6%93', 'MALFORMED_ESCAPE', true],
  ['SEC-07', '/users/\u00e9', 'MALFORMED_ESCAPE', true],
  ['SEC-08', '/a%00', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/admin/secret%00.png', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets%0a', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets%0D', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets%1b', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets%1F', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets%7f', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets\u0000', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets\n', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pets\u007f', 'CONTROL_CHARACTER', true],
  ['SEC-08', '/pe ts', 'CONTROL_CHARACTER', true],
  ['SEC-10', '/admin/secret#x', 'FRAGMENT', true],
  ['SEC-10', '/admin/secret#', 'FRAGMENT', true],
  ['SEC-10', '/admin?a=1#/public/', 'FRAGMENT', true],
  ['SEC-10', '/admin#?/public/', 'FRAGMENT', true],
  ['SEC-03', '*', 'TARGET_FORM', false],
  ['SEC-03', '', 'TARGET_FORM', false],
  ['SEC-03', 'pets', 'TARGET_FORM', false],
  ['SEC-03', '?a=1', 'TARGET_FORM', false],
  ['SEC-03', 'api.example.com:443', 'TARGET_FORM', false],
  ['SEC-03', 'ftp://api.example.com/pets', 'TARGET_FORM', false],
  ['SEC-03', 'http:/api.example.com/pets', 'TARGET_FORM', false],
  ['SEC-03', 'http:///pets', 'AUTHORITY', false],
  ['SEC-03', 'http://evil/pets', 'AUTHORITY', false],
  ['SEC-03', 'http://api.example.com:81/pets', 'AUTHORITY', false],
  ['SEC-03', 'https://api.example.com:80/pets', 'AUTHORITY', false],
  ['SEC-03', 'http://user@api.example.com/pets', 'AUTHORITY', false],
  ['SEC-03', 'http://user:pw@api.example.com/pets', 'AUTHORITY', false],
  ['SEC-03', 'http://api.example.com\\@evil/pets', 'AUTHORITY', false],
  ['SEC-03', 'http://api.example.com/a//b', 'EMPTY_SEGMENT', true],
]
test.each(rejected)('%s the target %j is rejected: %s', (_, target, problem, relaxable) => {
  expect(gatewayRequest(`GET ${target}`).problem).toBe(problem)
  const relaxed = gatewayRequest(`GET ${target}`, { ambiguousTargets: 'allow' })
  expect(relaxed.problem).toBe(relaxable ? undefined : problem)
})

test('SEC-02 the first segment is never read as an authority, even with ambiguous targets allowed', () => {
  const request = gatewayRequest('GET //admin/secret', { ambiguousTargets: 'allow' })
  expect(request.path).toBe('//admin/secret')
  expect(request.authority).toBe('api.example.com')
})

describe('asterisk form', () => {
  test('SEC-03 OPTIONS * is accepted', () => {
    const request = gatewayRequest('OPTIONS *')
    expect(request.problem).toBeUndefined()
    expect(request.path).toBe('*')
  })

  test.each(['GET *', 'OPTIONS **', 'OPTIONS */'])('SEC-03 %s is rejected', (line) => {
    expect(gatewayRequest(line).problem).toBe('TARGET_FORM')
  })
})

test('SEC-07 a canonical path is parsed to itself', () => {
  for (const [, target, path] of accepted) {
    if (!target.startsWith('/')) continue
    const again = gatewayRequest(`GET ${path}`)
    expect(again.problem).toBeUndefined()
    expect(again.path).toBe(path)
  }
})

test('SEC-05 SEC-11 a trailing slash is part of path, and of resourcePath only with a strict router', () => {
  const loose = { caseSensitive: false, strict: false }
  const paths = (target: string, routing: typeof loose): string[] => {
    const request = gatewayRequest(`GET ${target}`, { routing })
    return [request.path, request.resourcePath]
  }
  expect(paths('/admin/', loose)).toEqual(['/admin/', '/admin'])
  expect(paths('/', loose)).toEqual(['/', '/'])
  expect(paths('/Admin', loose)).toEqual(['/Admin', '/Admin'])
  expect(paths('/admin/', { caseSensitive: true, strict: true })).toEqual(['/admin/', '/admin/'])
})

test.each([
  ['/a//b', 'EMPTY_SEGMENT'],
  ['/a/../b', 'DOT_SEGMENT'],
  ['/a?b=%', 'MALFORMED_ESCAPE'],
])('SEC-04 SEC-05 SEC-10 parseTarget without options rejects %s', (target, problem) => {
  expect(parseTarget('GET', target)).toMatchObject({ problem, ambiguous: true })
})
