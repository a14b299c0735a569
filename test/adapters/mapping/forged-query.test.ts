/** A client cannot forge a mapped query parameter in any spelling that a common parser understands (SEC-20). */
import { createRequire } from 'node:module'
import { parse as parseWithNode } from 'node:querystring'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import type { AuthorizerContext, RequestMapping } from '@custom-authorizer/core'
import { array, assert, constantFrom, property } from 'fast-check'
import { HonoRequest } from 'hono/request'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'

type Parse = (query: string) => Record<string, unknown>
type Qs = (query: string, options?: object) => Record<string, unknown>

const require = createRequire(import.meta.url)
const require4 = createRequire(require.resolve('express4'))
const require5 = createRequire(require.resolve('express'))
const requireKoa = createRequire(require.resolve('koa'))
const [qs, qs4] = [require5('qs') as { parse: Qs }, require4('qs') as { parse: Qs }]
const koa3 = requireKoa('./search-params.js') as { parse: Parse }

const grouped = (parameters: URLSearchParams): Record<string, unknown> =>
  Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]))

const hono = (query: string): HonoRequest => new HonoRequest(new Request(`http://h/?${query}`))

/** The parsers, with the options that Express and others set. */
const PARSERS: Readonly<Record<string, Parse>> = {
  'node:querystring': (query) => ({ ...parseWithNode(query) }),
  URLSearchParams: (query) => grouped(new URLSearchParams(query)),
  'URLSearchParams of a URL': (query) => grouped(new URL(`http://h/?${query}`).searchParams),
  'qs of Express 5, extended': (query) => qs.parse(query, { allowPrototypes: true }),
  'qs of Express 4': (query) => qs4.parse(query, { allowPrototypes: true }),
  'qs with dots': (query) => qs.parse(query, { allowDots: true }),
  'qs without depth': (query) => qs.parse(query, { depth: 0 }),
  'qs with commas': (query) => qs.parse(query, { comma: true, ignoreQueryPrefix: true }),
  'Koa 3': (query) => koa3.parse(query),
  'Koa 3 with its question mark': (query) => koa3.parse(`?${query}`),
  'Hono queries': (query) => hono(query).queries(),
  'Hono query': (query) => hono(query).query(),
}

const AUTHORIZER = {
  principalId: 'alice',
  context: { user: 'alice' },
  requestContext: { authorizer: { frontend: { user: 'alice' } } },
} as unknown as AuthorizerContext

const edited = (mapping: RequestMapping, query: string, authorizer?: AuthorizerContext): string => {
  const edits = mapping.edit(gatewayRequest('GET /x'), authorizer)
  if (typeof edits === 'string') throw new Error(edits)
  return edits.query?.apply(query) ?? query
}

const texts = (value: unknown): string => JSON.stringify(value) ?? ''

/** The parsers whose value for a mapped name differs from the mapped value. */
const forged = (query: string, read: (parsed: Record<string, unknown>) => unknown, expected: unknown): string[] =>
  Object.entries(PARSERS).flatMap(([name, parse]) => {
    const found = read(parse(query))
    const value = Array.isArray(found) && found.length === 1 ? (found[0] as unknown) : found
    return texts(value) === texts(expected) ? [] : [`${name}: ${texts(found)}`]
  })

const own = (parsed: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(parsed, name) ? parsed[name] : undefined

const HOSTILE = [
  '[user]=root',
  '%5Buser%5D=root',
  '%5buser%5d=root',
  '[user][]=root',
  '[user][admin]=root',
  '[user]x=y]=root',
  'user[]=root',
  'user[0]=root',
  'user[99]=root',
  'user[admin]=root',
  'user[=root',
  'user]=root',
  'user[][]=root',
  'user.admin=root',
  '.user=root',
  'user%5B%5D=root',
  'user%5B%FF%5D=root',
  '%5Buser%5D%FF=root',
  '%75ser=root',
  '%75%73%65%72=root',
  'user',
  'user=',
  '?user=root',
  '??user=root',
  '?user[]=root',
  '%3Fuser=root',
  'a=1&?user=root',
  'user=1&?user=root',
  '+user=root',
  'user+=root',
  '%20user=root',
  '%09user=root',
  '%00user=root',
  'user%00x=root',
  '%EF%BB%BFuser=root',
  '%C2%A0user=root',
  'us\ter=root',
  'a=1;user=root',
  'a;[user]=root',
  '&&&user=root&&',
  'a=%&user=root',
  'user=%E9',
  'user[%E9]=root',
  '[[user]]=root',
  '[user=root',
  '=&user=root',
  '=[user]=root',
]

const MAPPINGS: Readonly<Record<string, RequestMapping>> = {
  'aws.parameterMapping': aws.parameterMapping({
    'overwrite:querystring.user': '$context.authorizer.user',
    'remove:querystring.debug': '',
  }),
  'huawei.backendParameters': huawei.backendParameters([
    { name: 'user', location: 'QUERY', origin: 'SYSTEM', value: '$context.authorizer.frontend.user' },
    { name: 'debug', location: 'QUERY', origin: 'SYSTEM', value: '$context.authorizer.frontend.absent' },
  ]),
}

test.each(
  Object.entries(MAPPINGS).flatMap(([name, mapping]) => HOSTILE.map((query) => [name, query, mapping] as const)),
)('SEC-20 %s: no parser reads a client value from ?%s', (_, query, mapping) => {
  for (const [before, after] of [
    ['', ''],
    ['keep=1&', ''],
    ['', '&keep=1'],
  ]) {
    const result = edited(mapping, `${before}${query}${after}`, AUTHORIZER)
    expect(
      forged(result, (parsed) => own(parsed, 'user'), 'alice'),
      result,
    ).toEqual([])
    // The same spellings for a removed parameter, with an authorizer result and on skipped paths.
    const removed = `${before}${query.replaceAll('user', 'debug').replace('%75%73%65%72', '%64%65%62%75%67')}${after}`
    for (const authorizer of [AUTHORIZER, undefined]) {
      const cleaned = edited(mapping, removed, authorizer)
      expect(
        forged(cleaned, (parsed) => own(parsed, 'debug'), undefined),
        cleaned,
      ).toEqual([])
    }
  }
})

const PIECES = [
  'user',
  '%75ser',
  'us%65r',
  'US',
  'er',
  'filter',
  'x',
  'a',
  '0',
  '1',
  '20',
  '',
  '__proto__',
  'constructor',
  'root',
  '[',
  ']',
  '[]',
  '%5B',
  '%5D',
  '%5b',
  '.',
  '=',
  '%3D',
  '&',
  ';',
  '?',
  '%3F',
  '+',
  '%20',
  '%00',
  '%',
  '%FF',
  '%E9',
  '%C3%AF',
  '%EF%BB%BF',
  '\t',
  '\u00a0',
  '%26',
  '%25',
  ',',
  '#',
  ']=',
  '[user]',
  'user[',
  '[filter]',
]
const hostileQuery = array(constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''))

const RUNS = { numRuns: 3000 }

test('SEC-20 generated queries: every parser reads the mapped value of an overwritten parameter', () => {
  const mapping = aws.parameterMapping({ 'overwrite:querystring.user': 'alice' })
  assert(
    property(hostileQuery, (query) => {
      const result = edited(mapping, query, AUTHORIZER)
      expect(
        forged(result, (parsed) => own(parsed, 'user'), 'alice'),
        result,
      ).toEqual([])
    }),
    RUNS,
  )
})

test.each(['user', '0', 'a.b', 'constructor'])(
  'SEC-20 generated queries: no parser reads the removed parameter %s',
  (name) => {
    const mapping = aws.parameterMapping({ [`remove:querystring.${name}`]: '' })
    assert(
      property(hostileQuery, (query) => {
        const renamedQuery = query.replaceAll('user', name)
        const result = edited(mapping, renamedQuery)
        expect(
          forged(result, (parsed) => own(parsed, name), undefined),
          result,
        ).toEqual([])
        expect(edited(mapping, result)).toBe(result)
      }),
      RUNS,
    )
  },
)

const expectMappedMember = (query: string): void => {
  const mapping = aws.parameterMapping({ 'overwrite:querystring.filter[user]': 'alice' })
  const result = edited(mapping, query, AUTHORIZER)
  for (const parsed of [qs.parse(result), qs4.parse(result), qs.parse(result, { allowDots: true })])
    expect((parsed['filter'] as Record<string, unknown>)['user'], result).toBe('alice')
}

test.each(['[filter],.user[x', '[filter]x.user', 'filter[a]x.user', 'filter.user', '[filter]x[user]', 'filter'])(
  'SEC-20 ?%s does not forge a mapped name with brackets',
  (name) => {
    expectMappedMember(`${name}=root`)
  },
)

test('SEC-20 generated queries do not forge a mapped name with brackets in the object of qs', () => {
  assert(property(hostileQuery, expectMappedMember), RUNS)
})

test('SEC-20 parameters with other names are unchanged byte for byte', () => {
  const mapping = aws.parameterMapping({ 'overwrite:querystring.user': 'alice' })
  const others = 'users=1&x[user]=2&x.user=3&User=4&%55ser=5&auser=6&user-id=7&user_id=8&q=%zz&=&e=%C3%AF&a=b;c=d'
  expect(edited(mapping, others, AUTHORIZER)).toBe(`${others}&user=alice`)
})

test('SEC-20 a thousand client parameters do not displace the mapped ones', () => {
  const mapping = aws.parameterMapping({ 'overwrite:querystring.user': 'alice', 'append:querystring.a': 'ours' })
  for (const count of [998, 999, 1000, 5000]) {
    const result = edited(mapping, Array.from({ length: count }, (_, index) => `a${index}=1`).join('&'), AUTHORIZER)
    expect(forged(result, (parsed) => own(parsed, 'user'), 'alice')).toEqual([])
    expect(forged(result, (parsed) => own(parsed, 'a'), 'ours')).toEqual([])
  }
})
