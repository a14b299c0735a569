/** Generators of hostile targets, derived from paths of handlers, and of policies for these paths. @module */
import * as fc from 'fast-check'
import { TEMPLATES } from './routes.ts'

const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const VALUES = ['7', 'me', 'bob', 'BOB', 'a+b', 'x.y', '%C3%A9', 'a%2Fb', '%25', 'admin', 'secret', 'public', '..', '~']

/** A template with values for its parameters. */
const base = fc.tuple(from(...TEMPLATES), from(...VALUES), from(...VALUES)).map(([template, ...values]) => {
  let index = 0
  return template.replace(/:\w+|\*/g, () => values[index++ % 2] ?? '')
})

const hex = (char: string, lower: boolean): string => {
  const digits = char.charCodeAt(0).toString(16).padStart(2, '0')
  return `%${lower ? digits : digits.toUpperCase()}`
}
const swapCase = (char: string): string => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())

/** One change of a character, or text inserted before it. */
const change = fc.record({
  at: fc.nat({ max: 30 }),
  how: from(
    'slash',
    'escape',
    'escape',
    'lower escape',
    'double escape',
    'case',
    'case',
    'put',
    'put',
    'lose',
    'twice',
  ),
  put: from(
    '/',
    '//',
    '/./',
    '/../',
    '/x/../',
    '.',
    '..',
    '%2F',
    '%2f',
    '\\',
    '%5C',
    ';',
    ';x=1',
    '%3B',
    '%00',
    '%20',
    '+',
    '%2B',
    '%',
    '%zz',
    '?',
    '?a=/',
    '#',
    '#/public/hello',
    '%23',
    '%3F',
    '*',
    '%c0%af',
    'é',
    '%E2%84%AA',
    '.json',
    ':',
    '@',
    '%252e',
    '\t',
    '"',
    '{',
    '|',
  ),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

const apply = (path: string, { at, how, put }: Change): string => {
  // File servers decode an escaped slash.
  const slash = path.indexOf('/', 1 + (at % path.length))
  if (how === 'slash') return slash < 0 ? path : `${path.slice(0, slash)}%2F${path.slice(slash + 1)}`
  const index = at % path.length
  const char = path.charAt(index)
  const others: Readonly<Record<string, string>> = {
    escape: hex(char, false),
    'lower escape': hex(char, true),
    'double escape': `%25${hex(char, false).slice(1)}`,
    case: swapCase(char),
    put: put + char,
    lose: '',
    twice: char + char,
  }
  return path.slice(0, index) + (others[how] ?? char) + path.slice(index + 1)
}

const start = fc.oneof(
  { weight: 30, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: from('http://h', 'HTTP://H', 'http://h:80', 'https://h', 'http://other', '/', '//h', 'http://h/..'),
  },
  { weight: 4, arbitrary: from('/legacy', '/legacy/legacy', '/LEGACY') },
)
const end = from('', '', '', '', '/', '/', '?x=/public/hello', '?', '%2F', '/.', '.')

/** The changes that turn a path into a target. */
const changes: fc.Arbitrary<readonly Change[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<readonly Change[]>([]) },
  { weight: 5, arbitrary: fc.array(change, { minLength: 1, maxLength: 1 }) },
  { weight: 2, arbitrary: fc.array(change, { minLength: 2, maxLength: 3 }) },
)
const request = fc.record({
  which: fc.nat({ max: 2 }),
  method: from('GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'get', 'PATCH'),
  anonymous: from(false, false, false, true),
  start,
  changes,
  end,
})
type Shape = typeof request extends fc.Arbitrary<infer T> ? T : never

// Spaces and line breaks would end the target in the request line.
const targetOf = (path: string, shape: Shape): string =>
  (shape.start + shape.changes.reduce(apply, path) + shape.end).replace(/[\r\n ]/g, '%20')

/** A policy statement: a method or `*`, and a path in which `*` stands for whole segments or for the rest. */
export interface Rule {
  readonly effect: 'Allow' | 'Deny'
  readonly method: string
  readonly path: string
}

const rule = fc.record({
  which: fc.nat({ max: 2 }),
  effect: from('Allow' as const, 'Deny' as const),
  method: from('GET', 'GET', '*', '*', 'POST', 'HEAD'),
  stars: fc.array(from(false, false, true), { minLength: 4, maxLength: 4 }),
  cut: from(undefined, undefined, undefined, 0, 1, 2),
  /** The spelling of the path in a Deny. */
  written: from('kept', 'kept', 'upper', 'question', 'slash', 'escaped', 'inner'),
})
type RuleShape = typeof rule extends fc.Arbitrary<infer T> ? T : never

const starred = (path: string, { stars, cut }: RuleShape): string => {
  const segments = path
    .split('/')
    .map((segment, index) => (index > 0 && segment !== '' && stars[index - 1] === true ? '*' : segment))
  return cut === undefined ? segments.join('/') : `${segments.slice(0, cut + 1).join('/')}/*`
}
const WAYS: Readonly<Record<string, (path: string) => string>> = {
  upper: (path) => path.replace(/%..|[a-z]/g, (text) => text.toUpperCase()),
  question: (path) => path.replace(/[a-z](?=[a-z])/, '?'),
  slash: (path) => `${path}/`,
  escaped: (path) => path.replace(/[b-y]/, (char) => hex(char, true)),
  inner: (path) => path.replace(/[a-z]{2}/, '*'),
}
const ruleOf = (path: string, shape: RuleShape): Rule => {
  const { effect, method, written } = shape
  const plain = starred(path, shape)
  return { effect, method, path: effect === 'Deny' ? (WAYS[written]?.(plain) ?? plain) : plain }
}

/** Requests with one policy. */
export interface Batch {
  readonly rules: readonly Rule[]
  readonly requests: readonly { readonly method: string; readonly target: string; readonly anonymous: boolean }[]
}

/** Requests and rules for the same few paths, so that rules match often. */
export const batchOf = (size: number): fc.Arbitrary<Batch> =>
  fc
    .record({
      bases: fc.array(base, { minLength: 3, maxLength: 3 }),
      rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
      generous: from(false, true, true),
      requests: fc.array(request, { minLength: size, maxLength: size }),
    })
    .map(({ bases, rules, generous, requests }) => ({
      rules: [
        ...rules.map((shape) => ruleOf(bases[shape.which] ?? '/', shape)),
        ...(generous ? [{ effect: 'Allow', method: '*', path: '/*' } as const] : []),
      ],
      requests: requests.map((shape) => {
        const { method, anonymous, which } = shape
        return { method, anonymous, target: targetOf(bases[which] ?? '/', shape) }
      }),
    }))
