/** `receivesAtMost`: how many arguments a function can receive, determined from its source text. */
import { receivesAtMost } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'

type AnyFunction = (...args: never[]) => unknown

/** Built from source text, so that the compiler of the tests does not rewrite the parameters. */
const functionOf = (source: string): AnyFunction =>
  // oxlint-disable-next-line no-eval -- the source text is what is tested
  (0, eval)(`(${source})`) as AnyFunction
const methodOf = (source: string): AnyFunction => Object.values(functionOf(`{ ${source} }`))[0] as AnyFunction

describe('receivesAtMost(1) is true', () => {
  test.each([
    '() => 1',
    '(event) => 1',
    '(event,) => 1',
    'event => 1',
    'async event => 1',
    'async (event) => 1',
    'async(event) => 1',
    'function (event) {}',
    'function(event){}',
    'function handler(event) {}',
    'async function handler(event) {}',
    'function* handler(event) {}',
    'function () {}',
    '(event = {}) => 1',
    '(event = { a: [1, 2], b: (3, 4) }) => 1',
    "(event = ',', ) => 1",
    '({ a, b, ...rest }) => 1',
    '({ a, b } = { a: 1, b: 2 }) => 1',
    '([a, b]) => 1',
    '(event /* , context, callback */) => 1',
    '(event // , context, callback)\n) => 1',
    "(event = 'it\\'s, so') => 1",
    '$event => 1',
    'événement => 1',
    '(event) => { const context = 1, callback = 2 }',
  ])('%s receives one argument at most', (source) => {
    expect(receivesAtMost(1, functionOf(source))).toBe(true)
  })

  test.each(['handler(event) {}', 'async handler(event) {}', '*handler(event) {}', 'h: (event) => 1'])(
    'the method %s receives one argument at most',
    (source) => {
      expect(receivesAtMost(1, methodOf(source))).toBe(true)
    },
  )
})

describe('receivesAtMost(1) is false', () => {
  test.each([
    '(event, context) => 1',
    '(event, context, callback) => 1',
    '(event = {}, context, callback) => 1',
    '(event = {}, ...rest) => 1',
    '({ a, b }, context) => 1',
    '({ a, b } = {}, { succeed }) => 1',
    '(...all) => 1',
    '(event, ...rest) => 1',
    "(event = ')', context) => 1",
    '(event = ")", context) => 1',
    '(event = `)`, context) => 1',
    '(event = /[)]/, context) => 1',
    '(event = /[)]/) => 1',
    '(event /* ) */, context) => 1',
    '(event // )\n, context) => 1',
    '(event = (() => 1)(), context) => 1',
    'function () { arguments[2](null, 1) }',
    'function (event) { return inner.apply(this, arguments) }',
    'function (event = arguments[2]) {}',
    "function (event) { eval('argu' + 'ments')[2](null) }",
    'function (event) { \\u0061rguments[2](null) }',
    'class { constructor(event) {} }',
  ])('%s may receive more than one argument', (source) => {
    expect(receivesAtMost(1, functionOf(source))).toBe(false)
  })

  test.each(["['handler'](event) {}", "'the handler'(event) {}", 'handler(event, context) {}'])(
    'the method %s may receive more than one argument',
    (source) => {
      expect(receivesAtMost(1, methodOf(source))).toBe(false)
    },
  )

  test.each<[string, AnyFunction]>([
    ['a bound function', functionOf('(event) => 1').bind(null)],
    ['a native function', Math.abs],
    ['a proxy', new Proxy(functionOf('(event) => 1'), {})],
    ['an object', {} as AnyFunction],
  ])('%s may receive more than one argument', (_, authorize) => {
    expect(receivesAtMost(1, authorize)).toBe(false)
  })
})

test('receivesAtMost compares the parameter count with the given maximum', () => {
  const authorize = functionOf('(event, context) => 1')
  expect([0, 1, 2, 3].map((count) => receivesAtMost(count, authorize))).toEqual([false, false, true, true])
  expect([0, 1].map((count) => receivesAtMost(count, functionOf('event => 1')))).toEqual([false, true])
})

test('receivesAtMost ignores an overwritten toString or length of the function', () => {
  const authorize = Object.assign(functionOf('(event, context) => 1'), { toString: () => '() => 1' })
  Object.defineProperty(authorize, 'length', { value: 0 })
  expect(receivesAtMost(1, authorize)).toBe(false)
})
