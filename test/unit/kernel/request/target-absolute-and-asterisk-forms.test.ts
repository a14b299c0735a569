/** Absolute-form, asterisk-form and ambiguous targets: the members of the request (SEC-02 to SEC-10). */
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

/** Read with `ambiguousTargets: 'allow'`; the last column is the problem that remains. */
const tolerated: readonly [
  rule: string,
  target: string,
  path: string,
  queryString: string,
  rawPath: string,
  problem: string | undefined,
][] = [
  ['SEC-10', '/admin/secret#x', '/admin/secret', '', '/admin/secret', undefined],
  ['SEC-10', '/admin#?/public/', '/admin', '', '/admin', undefined],
  ['SEC-10', '/admin?a=1#/public/', '/admin', 'a=1', '/admin', undefined],
  ['SEC-10', '/#', '/', '', '/', undefined],
  ['SEC-10', '#x', '/', '', '', 'TARGET_FORM'],
  ['SEC-10', '?a=1#x', '/', 'a=1', '', 'TARGET_FORM'],
  ['SEC-04', '/a/%2e%2E/b', '/a/../b', '', '/a/%2e%2E/b', undefined],
  ['SEC-05', '/a//', '/a//', '', '/a//', undefined],
  ['SEC-07', '/a%zz%62', '/a%zzb', '', '/a%zz%62', undefined],
  ['SEC-03', '?a=1', '/', 'a=1', '', 'TARGET_FORM'],
  ['SEC-03', 'ftp://h/pets?a=1', '/', 'a=1', 'ftp://h/pets', 'TARGET_FORM'],
  ['SEC-03', 'xhttp://api.example.com/pets', '/', '', 'xhttp://api.example.com/pets', 'TARGET_FORM'],
  ['SEC-03', 'http://user@h/pets', '/pets', '', '/pets', 'AUTHORITY'],
]
test.each(tolerated)(
  "%s with ambiguousTargets: 'allow', the target %j is split into its members",
  (_, target, path, queryString, rawPath, problem) => {
    const request = gatewayRequest(`GET ${target}`, { ambiguousTargets: 'allow' })
    expect({ path: request.path, queryString: request.queryString, rawPath: request.rawPath }).toEqual({
      path,
      queryString,
      rawPath,
    })
    expect(request.problem).toBe(problem)
    expect([request.isAmbiguous, request.isCanonical]).toEqual([true, false])
  },
)

test.each([
  ['#x', 'FRAGMENT'],
  ['?a=1#x', 'FRAGMENT'],
  ['http://user@h/a//b#x', 'FRAGMENT'],
  ['http://user@h/a//b', 'AUTHORITY'],
])('SEC-10 a target %j with several problems is rejected with the first: %s', (target, problem) => {
  expect(gatewayRequest(`GET ${target}`).problem).toBe(problem)
})

describe('unambiguous targets', () => {
  test.each(['/', '/pets', '/pets?', '/pets?a=%2F', 'http://api.example.com/pets', 'http://api.example.com'])(
    'SEC-07 the target %s is canonical',
    (target) => {
      const request = gatewayRequest(`GET ${target}`)
      expect([request.problem, request.isAmbiguous, request.isCanonical]).toEqual([undefined, false, true])
    },
  )

  test.each([
    ['/%70ets', '/pets'],
    ['/a%2fb', '/a%2Fb'],
    ['/a|b', '/a%7Cb'],
    ['/a%20b/', '/a%20b/', true],
    ['/a%2Fb', '/a%2Fb', true],
  ])(
    'SEC-07 the target %s is unambiguous, and canonical only in its canonical spelling',
    (target, path, canonical = false) => {
      const request = gatewayRequest(`GET ${target}`)
      expect([request.path, request.rawPath]).toEqual([path, target])
      expect([request.problem, request.isAmbiguous, request.isCanonical]).toEqual([undefined, false, canonical])
    },
  )

  test('SEC-03 the asterisk form of OPTIONS is canonical', () => {
    const request = gatewayRequest('OPTIONS *')
    expect([request.rawPath, request.queryString, request.isAmbiguous, request.isCanonical]).toEqual([
      '*',
      '',
      false,
      true,
    ])
  })
})
