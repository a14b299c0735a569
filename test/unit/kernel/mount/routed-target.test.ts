/** The target that a framework routes, and whether a decision was made for it (SEC-12, SEC-14). */
import { type FrameworkTarget, isBoundTo, routedTarget } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'
import { isRouted, type MountPath, parseMountPath } from '../../../../packages/core/src/kernel/mount/routed-target.ts'

const mountPathOf = (text: string): MountPath => {
  const parsed = parseMountPath(text)
  if (parsed === undefined) throw new Error('not a mount path')
  return parsed
}

const frameworkTarget = (members: Partial<FrameworkTarget>): FrameworkTarget => ({
  received: '/',
  url: '/',
  bases: [''],
  knowsMounts: true,
  ...members,
})

describe('parseMountPath', () => {
  test.each([
    ['/', []],
    ['/api', ['api']],
    ['/api/v1.0', ['api', 'v1.0']],
    ['/tenants/:tenantId', ['tenants', undefined]],
    ['/tenants/{tenantId}', ['tenants', undefined]],
    ['/a~b/c-d', ['a~b', 'c-d']],
    ['/.well-known/...', ['.well-known', '...']],
  ])('SEC-12 the mount path %s is parsed', (text, segments) => {
    expect(parseMountPath(text)).toEqual({ segments })
  })

  test.each([
    '',
    'api',
    '/api/',
    '//',
    '/a//b',
    '/a b',
    '/a/*',
    '/a?b',
    '/a%2Fb',
    '/.',
    '/..',
    '/a/../b',
    '/:',
    '/{}',
    '/a:b',
    '/:a-b',
    '/{a}b',
  ])('SEC-12 the mount path %j is rejected', (text) => {
    expect(parseMountPath(text)).toBeUndefined()
  })
})

describe('routedTarget', () => {
  test.each<[name: string, given: Partial<FrameworkTarget>, target: string, base: string]>([
    ['the same target', { received: '/a?b', url: '/a?b' }, '/a?b', ''],
    ['an absolute target', { received: 'http://example.com/a?b', url: '/a?b' }, 'http://example.com/a?b', ''],
    [
      'two absolute targets',
      { received: 'http://h/api/a', url: 'http://h/a', bases: ['/api'] },
      'http://h/api/a',
      '/api',
    ],
    ['an absolute target without a path', { received: 'http://h?b', url: '/?b' }, 'http://h?b', ''],
    ['a mount', { received: '/api/a?b', url: '/a?b', bases: ['/api'] }, '/api/a?b', '/api'],
    ['the root of a mount', { received: '/api', url: '/', bases: ['/api'] }, '/api', '/api'],
    ['the root of a mount with a slash', { received: '/api/', url: '/', bases: ['/api'] }, '/api/', '/api'],
    ['the root of a mount with a query', { received: '/api?b', url: '/?b', bases: ['/api'] }, '/api?b', '/api'],
    ['the second base', { received: '/a', url: '/a', bases: ['/api', ''] }, '/a', ''],
    ['the first base of two', { received: '/api/a', url: '/a', bases: ['/api', ''] }, '/api/a', '/api'],
  ])('SEC-12 %s: the routed target equals the received one', (_, given, target, base) => {
    expect(routedTarget(frameworkTarget(given), undefined, false)).toEqual({
      target,
      receivedTarget: undefined,
      unexplainedTarget: false,
      base,
    })
  })

  test.each<[name: string, given: Partial<FrameworkTarget>, target: string]>([
    ['a rewritten path', { received: '/legacy/a', url: '/a' }, '/a'],
    ['a rewritten query', { received: '/a?x=1', url: '/a?x=2' }, '/a?x=2'],
    ['a rewrite below a mount', { received: '/api/legacy/a', url: '/a', bases: ['/api'] }, '/api/a'],
    ['a rewrite that adds the mount', { received: '/x/a', url: '/x/a', bases: ['/api'] }, '/api/x/a'],
    ['a rewrite to the end of the path', { received: '/x/a', url: '/a' }, '/a'],
    ['a rewrite below the root of a mount', { received: '/api', url: '/a', bases: ['/api'] }, '/api/a'],
    ['a rewrite of a target without a path', { received: '*', url: '/a' }, '/a'],
    ['a rewrite of the root of a mount', { received: '/other', url: '/', bases: ['/api'] }, '/api/'],
  ])('SEC-12 %s: the rewritten target is routed and the received one is reported', (_, given, target) => {
    const routed = routedTarget(frameworkTarget(given), undefined, false)
    expect([routed.target, routed.receivedTarget, routed.unexplainedTarget]).toEqual([target, given.received, false])
    expect(routedTarget(frameworkTarget({ ...given, knowsMounts: false }), undefined, false).unexplainedTarget).toBe(
      true,
    )
  })

  test.each<[mountPath: string, given: Partial<FrameworkTarget>, target: string, received: string | undefined]>([
    ['/api', { received: '/api/a', url: '/a' }, '/api/a', undefined],
    ['/api', { received: '/API/a', url: '/a' }, '/API/a', undefined],
    ['/api', { received: '/api', url: '/' }, '/api', undefined],
    ['/api', { received: '/api', url: '/a' }, '/api/a', '/api'],
    ['/api', { received: '/other/a', url: '/a' }, '/api/a', '/other/a'],
    ['/api', { received: '/apix/a', url: '/a' }, '/api/a', '/apix/a'],
    ['/api', { received: '/api/legacy/a', url: '/a' }, '/api/a', '/api/legacy/a'],
    ['/t/:id', { received: '/t/7/a', url: '/a' }, '/t/7/a', undefined],
    ['/t/:id', { received: '/T/7/x', url: '/a' }, '/T/7/a', '/T/7/x'],
    ['/:id', { received: '/acme', url: '/' }, '/acme', undefined],
    ['/', { received: '/x/a', url: '/a' }, '/a', '/x/a'],
    ['/api', { received: '/x/a', url: '/a', bases: ['', '/x'] }, '/x/a', undefined],
    ['/api', { received: '/a', url: '/a' }, '/api/a', '/a'],
    ['/api', { received: '/a', url: '/a', knowsReceived: false }, '/api/a', undefined],
    ['/api/v1', { received: '/a', url: '/a', knowsReceived: false }, '/api/v1/a', undefined],
  ])('SEC-12 mountPath %s explains %o', (mountPath, given, target, received) => {
    const routed = routedTarget(frameworkTarget({ ...given, knowsMounts: false }), mountPathOf(mountPath), false)
    expect([routed.target, routed.receivedTarget, routed.unexplainedTarget]).toEqual([target, received, false])
  })

  test('SEC-12 the letter case of mountPath matters if the framework compares mounts by case', () => {
    const given = frameworkTarget({ received: '/API/a', url: '/a', knowsMounts: false })
    expect(routedTarget(given, mountPathOf('/api'), true).target).toBe('/api/a')
    const below = frameworkTarget({ received: '/t/7/a', url: '/a', knowsMounts: false })
    expect(routedTarget(below, mountPathOf('/t/:id'), true).target).toBe('/t/7/a')
    expect(routedTarget(below, mountPathOf('/T/:id'), true).unexplainedTarget).toBe(true)
  })

  test('SEC-12 a mountPath with parameters explains nothing if the received target is unknown', () => {
    const given = frameworkTarget({ received: '/admin/a', url: '/admin/a', knowsReceived: false, knowsMounts: false })
    expect(routedTarget(given, mountPathOf('/:id'), false)).toEqual({
      target: '/admin/a',
      receivedTarget: '/admin/a',
      unexplainedTarget: true,
      base: '',
    })
  })

  test.each([
    ['/t/:id', '/other/7/a'],
    ['/t/:id', '/t'],
    ['/t/:id', '/t//a'],
    ['/:id', '/'],
  ])('SEC-12 mountPath %s with parameters does not explain %s', (mountPath, received) => {
    expect(
      routedTarget(frameworkTarget({ received, url: '/x' }), mountPathOf(mountPath), false).unexplainedTarget,
    ).toBe(true)
  })

  test.each<[given: Partial<FrameworkTarget>, target: string, received: string | undefined]>([
    [{ received: '/a?x=2', url: '/a?x=2', sent: '/a?x=1' }, '/a?x=1', undefined],
    [{ received: '/b?x=2', url: '/b?x=2', sent: '/a?x=1' }, '/b?x=1', '/a?x=1'],
    [{ received: '/api/a?x=2', url: '/a?x=2', bases: ['/api'], sent: '/api/a' }, '/api/a', undefined],
    [{ received: '/a', url: '/a', sent: 'http://h/a?x' }, 'http://h/a?x', undefined],
    [{ received: '/b', url: '/b', sent: 'http://h/a?x' }, '/b?x', 'http://h/a?x'],
  ])(
    'SEC-20 after a mapping, %o is decided on the mapped path and the query that was sent',
    (given, target, received) => {
      const routed = routedTarget(frameworkTarget(given), undefined, false)
      expect([routed.target, routed.receivedTarget]).toEqual([target, received])
    },
  )
})

const canonical = (target: string): string => target.replace(/\?.*/, '')

describe('isRouted', () => {
  test.each<[path: string, url: string, bases: string[], mounted: string[], expected: boolean]>([
    ['/api/a', '/api/a?x', [''], [], true],
    ['/api/a', 'http://h/api/a', [''], [], true],
    ['/api/a', '/a', ['/api'], [], true],
    ['/api/a', '/a', ['/other', '/api'], [], true],
    ['/api/a', '/a', [''], [], false],
    ['/api/a', '/', [''], [], false],
    ['/api', '/', ['/api'], [], true],
    ['/api/a', '/a', [''], ['/api'], true],
    ['/API/a', '/a', [''], ['/api'], true],
    ['/t/7/a', '/a', [''], ['/x', '/t/:id'], true],
    ['/t/7/a', '/b', [''], ['/t/:id'], false],
    ['/other/a', '/a', [''], ['/api'], false],
  ])('SEC-14 %s is routed at %s with bases %j and mounts %j: %s', (path, url, bases, mounted, expected) => {
    expect(isRouted(path, { url, bases }, mounted.map(mountPathOf), canonical)).toBe(expected)
  })

  test('SEC-14 a decision is bound to its method', () => {
    const decided = { method: 'GET', path: '/a', mountedPaths: [] }
    expect(isBoundTo(decided, { method: 'GET', url: '/a' })).toBe(true)
    expect(isBoundTo(decided, { method: 'POST', url: '/a' })).toBe(false)
    expect(isBoundTo(decided, { method: 'GET', url: undefined })).toBe(false)
  })
})
