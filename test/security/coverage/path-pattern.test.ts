import { coverage } from '@custom-authorizer/core/adapter'
import { describe, expect, test } from 'vitest'

const SYNTAX = {
  'path-to-regexp 8': { braces: 'optional', wildcard: 'something' },
  'Express 4': { braces: 'unknown', wildcard: 'something' },
  Hono: { braces: 'expression', wildcard: 'anything' },
} as const
type Name = keyof typeof SYNTAX

const use = { prefix: false, caseSensitive: false, strict: false }
const parse = (text: string, name: Name = 'path-to-regexp 8', as: Partial<coverage.PatternUse> = {}) =>
  coverage.parsePattern(text, SYNTAX[name], { ...use, ...as })

/** Notation of a pattern: `/a/:` and then `$` (end), `*` (anything) or `+` (at least one segment); `~` in front if it matches only in part. */
const formatPattern = ({ segments, rest, exact }: coverage.PathPattern): string => {
  const path = segments?.map((each) => `/${each ?? ':'}`).join('') ?? '?'
  return `${exact ? '' : '~'}${path}${{ nothing: '$', anything: '*', something: '+' }[rest]}`
}

const texts: readonly (readonly [Name, text: string, ...patterns: string[]])[] = [
  ['path-to-regexp 8', '/', '/$'],
  ['path-to-regexp 8', '', '$'],
  ['path-to-regexp 8', '/a/:b', '/a/:$'],
  ['path-to-regexp 8', '/a/', '/a/$'],
  ['path-to-regexp 8', '/$a/b.c-d', '/$a/b.c-d$'],
  ['path-to-regexp 8', '/a-:b/c', '~*'],
  ['path-to-regexp 8', '/a/:b-:c/d', '~/a*'],
  ['path-to-regexp 8', '/a/*b', '/a+'],
  ['path-to-regexp 8', '/a/*b/c', '~/a*'],
  ['path-to-regexp 8', '/{*all}', '*'],
  ['path-to-regexp 8', '/a{/:b}', '/a$', '/a/:$'],
  ['path-to-regexp 8', '/a{b}/c', '/a/c$', '/ab/c$'],
  ['path-to-regexp 8', '/a{/b{/c}}', '/a$', '/a/b$', '/a/b/c$'],
  ['path-to-regexp 8', '{/a}/b', '/b$', '/a/b$'],
  ['path-to-regexp 8', `/x${'{a}'.repeat(7)}`, '~?*'],
  ['path-to-regexp 8', '/a{b', '~?*'],
  ['path-to-regexp 8', '/a\\{b}', '~?*'],
  ['path-to-regexp 8', '/:"a{b"}', '~?*'],
  ['path-to-regexp 8', 'a/b', '~?*'],
  ['Express 4', '*', '~?*'],
  ['Express 4', '/*', '+'],
  ['Express 4', '/a*', '~*'],
  ['Express 4', '/a/b*', '~*'],
  ['Express 4', '/a/:b?', '~/a*'],
  ['Express 4', '/a/:b?c', '~*'],
  ['Express 4', '/a/b/?c', '~/a*'],
  ['Express 4', '/a/b/+c', '~/a*'],
  ['Express 4', '/a/:b([^/]+)', '~/a*'],
  ['Express 4', '/a/:b(\\d+)/c', '~/a*'],
  ['Express 4', '/a/:b(x|y)', '~/a*'],
  ['Express 4', '/a/:b(x)|y', '~?*'],
  ['Express 4', '/a|/b', '~?*'],
  ['Express 4', '/a$|b', '~?*'],
  ['Express 4', '/a{0,1}/b', '~?*'],
  ['Express 4', '/[ab]/c', '~?*'],
  ['Express 4', '(/a)?/b', '~?*'],
  ['Hono', '/a/*', '/a*'],
  ['Hono', '*', '~?*'],
  ['Hono', '/*', '*'],
  ['Hono', '/a/:b{[0-9]+}', '~/a*'],
  ['Hono', '/a/:b{x/y}/c', '~/a*'],
  ['Hono', '/:b{.+}', '~*'],
  ['Hono', '/a/:b?', '~/a*'],
  ['Hono', '/a/*/b', '~/a*'],
  ['Hono', '/a|b/:c{x}', '~?*'],
]
test.each(texts.map(([name, text, ...patterns]) => [name, text, patterns] as const))(
  'SEC-107 the pattern of a path in %s: %s',
  (name, text, patterns) => {
    expect(parse(text, name).map(formatPattern)).toEqual(patterns)
  },
)

test.each([
  ['/a', '/a*'],
  ['/a/:b', '/a/:*'],
  ['', '*'],
  ['/a/', '~/a/*'],
  ['/', '~/*'],
  ['/a/*b', '/a+'],
])('SEC-107 what is known of everything below a path: %s', (text, pattern) => {
  expect(parse(text, 'path-to-regexp 8', { prefix: true }).map(formatPattern)).toEqual([pattern])
})

const one = (text: string, as: Partial<coverage.PatternUse> = {}): coverage.PathPattern =>
  text === '?'
    ? coverage.UNKNOWN_PATH
    : text === '!'
      ? coverage.EVERY_PATH
      : (parse(text, 'path-to-regexp 8', as)[0] as coverage.PathPattern)

/** Everything below a path, unless the path ends with `$`. */
const guardAt = (text: string): coverage.PathPattern =>
  text.endsWith('$') ? one(text.slice(0, -1)) : one(text, { prefix: true })

describe('coverage of a guard', () => {
  test.each([
    ['!', '?'],
    ['!', '/a'],
    ['', '/'],
    ['/a', '/a'],
    ['/a', '/A/:b'],
    ['/a', '/a/*b'],
    ['/a', '/a/'],
    ['/:a', '/b/c'],
    ['/:a', '/:b'],
    ['/a/*b', '/a/b'],
    ['/a/*b', '/a/:c/d'],
    ['/a$', '/a'],
    ['/:a$', '/b'],
    ['/{*all}$', '/a-:b'],
  ])('SEC-107 at %s covers the route %s', (guard, route) => {
    expect(coverage.coversRoute(guardAt(guard), one(route))).toBe(true)
  })

  test.each([
    ['?', '?'],
    ['?', '/a'],
    ['', '?'],
    ['/a', '/'],
    ['/a', '/ab'],
    ['/a', '/:b'],
    ['/a/b', '/a'],
    ['/a/b', '/a/:c'],
    ['/a/b', '/a/*c'],
    ['/:a', '/'],
    ['/a/:b', '/a/'],
    ['/a/', '/a/b'],
    ['/a/*b', '/a'],
    ['/a/*b', '/a/'],
    ['/a/*b', '/a/*c'],
    ['/a$', '/a/b'],
    ['/a$', '/a/*b'],
    ['/a-:b', '/a-:b'],
  ])('SEC-107 at %s does not cover the route %s', (guard, route) => {
    expect(coverage.coversRoute(guardAt(guard), one(route))).toBe(false)
  })

  test.each([
    [false, false, true],
    [false, true, true],
    [true, true, true],
    [true, false, false],
  ])('SEC-107 that looks at letter case (%o) and a route that does (%o): %o', (guard, route, covered) => {
    const [a, b] = [one('/a', { caseSensitive: guard }), one('/a', { caseSensitive: route })]
    expect(coverage.coversRoute(a, b)).toBe(covered)
    expect(coverage.coversRoute({ ...a, segments: ['1.é'] }, { ...b, segments: ['1.é'] })).toBe(covered)
    expect(coverage.coversRoute({ ...a, segments: ['1.2'] }, { ...b, segments: ['1.2'] })).toBe(true)
    expect(coverage.coversRoute({ ...a, segments: ['A'] }, b)).toBe(!guard)
  })

  test.each([
    [false, false, true],
    [false, true, true],
    [true, true, true],
    [true, false, false],
  ])('SEC-107 that looks at a slash at the end (%o) and a route that does (%o): %o', (guard, route, covered) => {
    expect(coverage.coversRoute(one('/a', { strict: guard }), one('/a', { strict: route }))).toBe(covered)
    expect(coverage.coversRoute(one('/a', { strict: guard, prefix: true }), one('/a', { strict: route }))).toBe(true)
  })

  test('SEC-107 a guard covers every route with the same key', () => {
    const unknown = { ...coverage.UNKNOWN_PATH, key: 'k' }
    expect(coverage.coversRoute(unknown, { ...unknown })).toBe(true)
    expect(coverage.coversRoute(unknown, { ...unknown, key: 'l' })).toBe(false)
    expect(coverage.coversRoute(unknown, coverage.UNKNOWN_PATH)).toBe(false)
  })
})

describe('routes in a mounted router', () => {
  test.each([
    ['!', '/x', '~/x$', '~/x$'],
    ['!', '?', '~?*', '~?*'],
    ['?', '/x', '~?*', '~?*'],
    ['/a', '/x', '~/a/x$', '~/a*'],
    ['/a', '/', '~/a*', '~/a*'],
    ['/a', '//x', '~/a*', '~/a*'],
    ['/a', '?', '~/a*', '~/a*'],
    ['/a/:b', '/*c', '~/a/:+', '~/a/:*'],
    ['/a-:b', '/x', '~*', '~*'],
    ['/a/*b', '/x', '~/a*', '~/a*'],
    ['', '/x', '~/x$', '~/x$'],
  ])('SEC-107 at %s: %s', (mount, inner, outer, outerOfFour) => {
    expect(formatPattern(coverage.nestPattern(guardAt(mount), one(inner), false))).toBe(outer)
    expect(formatPattern(coverage.nestPattern(guardAt(mount), one(inner), true))).toBe(outerOfFour)
  })

  test('SEC-107 a nested route has no key, and the looser of the two comparisons', () => {
    const keyed = { ...one('/x', { caseSensitive: true, strict: true }), key: 'k' }
    expect(coverage.nestPattern(coverage.EVERY_PATH, keyed, false)).toEqual({
      segments: ['x'],
      rest: 'nothing',
      exact: false,
      caseSensitive: true,
      strict: true,
    })
    expect(coverage.nestPattern(one('/a', { prefix: true }), keyed, false)).toMatchObject({
      caseSensitive: false,
      strict: true,
    })
    expect(coverage.nestPattern(coverage.EVERY_PATH, { ...keyed, caseSensitive: false }, false)).toMatchObject({
      caseSensitive: false,
    })
  })
})

const evaluate = (): void => undefined

test('SEC-107 only a function with an authorizer is a guard', () => {
  const guard = Object.assign(() => undefined, { authorizer: { evaluate } })
  expect(coverage.isGuard(guard)).toBe(true)
  for (const other of [
    undefined,
    () => undefined,
    { authorizer: { evaluate } },
    Object.assign(() => undefined, { authorizer: true }),
  ])
    expect(coverage.isGuard(other)).toBe(false)
  expect(coverage.isGuard(Object.assign(() => undefined, { authorizer: { evaluate: 1 } }))).toBe(false)
})
