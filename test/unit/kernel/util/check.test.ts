/** `check`: descriptions of values, option checks, and the errors of invalid options. */
import { AuthorizerError } from '@custom-authorizer/core'
import { type Check, check } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'

const {
  callable,
  checkOptions,
  describe: kindOf,
  instance,
  integer,
  isRecord,
  listOf,
  mapOf,
  oneOf,
  optional,
  text,
} = check

const values: readonly [unknown, string][] = [
  ['300s', 'a string'],
  ['', 'an empty string'],
  ['x'.repeat(81), 'a string'],
  [-1, 'a number'],
  [Number.NaN, 'a number'],
  [1n, 'a bigint'],
  [true, 'a boolean'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('x'), 'a symbol'],
  [() => 1, 'a function'],
  [Date, 'a function'],
  [[], 'an empty array'],
  [['secret', 2], 'an array of 2'],
  [{}, 'an object'],
  [{ a: 'secret', b: 2 }, 'an object'],
  [new Date(0), 'an object'],
]
test.each(values)('SEC-101 SEC-105 the value "%s" is described as %s, without its value', (value, expected) => {
  expect(kindOf(value)).toBe(expected)
})

/** Name, check, accepted values, rejected values, description of the allowed values. */
const checks: readonly [string, Check, readonly unknown[], readonly unknown[], RegExp][] = [
  [
    'integer',
    integer(0, 3600, 'seconds'),
    [0, 1, 3600, -0],
    [-1, 3601, 0.5, '1', Number.NaN, Number.POSITIVE_INFINITY, 1n, null, undefined, true, [1]],
    /^a whole number from 0 to 3600 \(seconds\)$/,
  ],
  ['integer without a unit', integer(1, 2), [1, 2], [0, 3], /^a whole number from 1 to 2$/],
  ['text', text(), ['a', ' ', '\n'], ['', 1, null, undefined, ['a'], Object('a')], /^a string that is not empty$/],
  ['text with a pattern', text(/^\d+$/, 'digits'), ['1', '12'], ['', 'a', '1a', 1], /^digits$/],
  ['oneOf', oneOf('a', true), ['a', true], ['A', 'true', false, undefined, null], /^"a" or true$/],
  [
    'instance',
    instance('a Store', 'get', 'set'),
    [{ get: () => 1, set: () => 1 }, new Map()],
    [{}, { get: 1, set: 1 }, null, undefined, () => 1, 'a', 1],
    /^a Store$/,
  ],
  ['callable', callable, [() => 1, Date], [{}, 'a', null, undefined], /^a function$/],
  [
    'listOf',
    listOf(text()),
    [[], ['a', 'b']],
    [[''], [1], [undefined], ['a', null], 'a', {}, null],
    /^an array, each element a string/,
  ],
  ['listOf with a maximum', listOf(text(), 1), [[], ['a']], [['a', 'b']], /^at most 1 elements$/],
  [
    'mapOf',
    mapOf(text(/^[a-z]$/, 'one letter'), text()),
    [{}, { a: 'b' }],
    [{ ab: 'b' }, { a: 1 }, [], 'a', null, undefined],
    /^an object|as member/,
  ],
  ['optional', optional(text()), [undefined, 'a'], ['', null, 1], /^a string that is not empty$/],
]
test.each(checks)(
  'SEC-105 %s accepts valid values and describes what is allowed otherwise',
  (_, row, valid, invalid, allowed) => {
    expect(valid.map((value) => row(value))).toEqual(valid.map(() => undefined))
    for (const value of invalid) expect(row(value)).toMatch(allowed)
  },
)

test('SEC-105 listOf names the index of the invalid element, mapOf the member if its name is allowed', () => {
  const letters = text(/^[a-z-]+$/, 'letters')
  expect(listOf(text())(['a', 7])).toBe('an array, each element a string that is not empty (element 1 is a number)')
  expect(mapOf(letters, text())({ a: 7 })).toBe('a string that is not empty as member .a (it is a number)')
  expect(mapOf(letters, text())({ 'x-a': '' })).toBe(
    'a string that is not empty as member ["x-a"] (it is an empty string)',
  )
  expect(mapOf(letters, text())({ a: 'x', 'a secret': 'x' })).toBe(
    'an object whose member names are letters ([…] is not)',
  )
})

test.each([
  ['name', 'thing.name'],
  ['x-key', 'thing["x-key"]'],
  ['overwrite:header.x-user', 'thing["overwrite:header.x-user"]'],
  ['a secret', 'thing[…]'],
  ['x'.repeat(65), 'thing[…]'],
  ['a\n', 'thing[…]'],
])('SEC-101 the member %j is shown in a path as %s', (name, expected) => {
  expect(check.memberOf('thing', name)).toBe(expected)
})

test.each([
  [{}, true],
  [Object.create(null), true],
  [new Date(), true],
  [[], false],
  [null, false],
  [undefined, false],
  ['a', false],
  [() => 1, false],
])('isRecord(%s) is %s', (value, expected) => {
  expect(isRecord(value)).toBe(expected)
})

describe('checkOptions', () => {
  const rows = { name: text(), ttlSeconds: integer(0, 10, 'seconds') }
  const run = (options: unknown): Readonly<Partial<Record<string, unknown>>> =>
    checkOptions<{ name: string; ttlSeconds: number }>('thing', options, rows)

  test('SEC-108 the result is a frozen copy without a prototype', () => {
    const options = { name: 'a', ttlSeconds: 1 }
    const copy = run(options)
    expect({ ...copy }).toEqual(options)
    expect(copy).not.toBe(options)
    expect(Object.isFrozen(copy)).toBe(true)
    expect(Object.getPrototypeOf(copy)).toBeNull()
    expect(Object.getPrototypeOf(run(undefined))).toBeNull()
    expect(Object.isFrozen(run(undefined))).toBe(true)
  })

  test('options with the value undefined are treated as absent', () => {
    expect(Object.keys(run({ name: undefined, ttlSeconds: 1 }))).toEqual(['ttlSeconds'])
  })

  test('SEC-108 inherited members are ignored', () => {
    expect(run(Object.create({ name: 7, other: 1 }))).toEqual(Object.assign(Object.create(null) as object, {}))
  })

  const invalid: readonly [string, unknown, string, string, string][] = [
    ['an unknown option', { nam: 'a' }, 'thing.nam', 'is not an option', 'name, ttlSeconds'],
    [
      'an unknown option named like a member of Object.prototype',
      { toString: 'a' },
      'thing.toString',
      'is not an option',
      'name, ttlSeconds',
    ],
    ['an unknown option with the value undefined', { nam: undefined }, 'thing.nam', 'is not an option', 'name'],
    ['an invalid value', { name: 7 }, 'thing.name', 'found a number', 'a string'],
    ['null', null, 'thing', 'found null', 'an object with options'],
    ['an array', [], 'thing', 'found an empty array', 'an object with options'],
    ['a string', 'a', 'thing', 'found a string', 'an object with options'],
    ['a function', () => 1, 'thing', 'found a function', 'an object with options'],
  ]
  test.each(invalid)('SEC-105 %s is rejected', (_, options, path, found, allowed) => {
    expectOptionError(() => run(options), path, found, allowed)
  })
})

test('SEC-105 optionError is an AuthorizerError with the code ERR_OPTION and the path in its message', () => {
  const error = check.optionError('thing.ttl', 7, 'less')
  expect(error).toBeInstanceOf(AuthorizerError)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'AuthorizerError',
    code: 'ERR_OPTION',
    message: 'thing.ttl: found a number; allowed: less',
  })
})
