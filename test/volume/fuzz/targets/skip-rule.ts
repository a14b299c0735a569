/** Skip rules: they match exactly the paths that they name, in canonical spelling. @module */
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { createMount } from '@custom-authorizer/core/adapter'
import * as fc from 'fast-check'
import { ESCAPES, LETTERS, pieces, SEPARATORS, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget } from '../target.ts'
import { referenceTarget } from '../reference/target.ts'

const ROUTINGS = [
  { caseSensitive: false, strict: false },
  { caseSensitive: true, strict: true, decodes: true },
  { caseSensitive: true, strict: true },
]
const RULES: readonly (readonly (string | RegExp)[])[] = [
  ['/pets'],
  ['/pets/*'],
  ['/'],
  ['/*'],
  ['/a/b/', '/admin/*'],
  [/\/pets\/\d/, '/health'],
  [/\/(?:a|b)|\/pets/i],
  ['/a+b', '/%C3%A9/*'],
]
const MOUNTS = RULES.map((skip) => ROUTINGS.map((routing) => createMount(() => false, { skip, logger: null }, routing)))

const inputs = fc.record({
  rules: fc.nat({ max: RULES.length - 1 }),
  routing: fc.nat({ max: ROUTINGS.length - 1 }),
  start: fc.constantFrom(
    '/',
    '/',
    '/pets',
    '/pets/',
    '/a',
    '/admin/',
    '/a%2Fb',
    '/a%2fb',
    '/a+b',
    '/%C3%A9/',
    '/%c3%a9/',
    '//',
    '',
    'http://h/pets',
  ),
  rest: textOf(pieces(['', '/', '7', 'b'], LETTERS, SEPARATORS, ESCAPES), 4),
})

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1)

const referenceRule = (rule: string | RegExp, path: string): boolean => {
  if (rule instanceof RegExp) return new RegExp(`^(?:${rule.source})$`, rule.flags).test(path)
  const wanted = segmentsOf(rule)
  const given = segmentsOf(path)
  if (wanted.at(-1) !== '*')
    return wanted.length === given.length && wanted.every((each, index) => each === given[index])
  const prefix = wanted.slice(0, -1)
  const below = given.slice(prefix.length).join('/')
  return prefix.every((each, index) => each === given[index]) && below !== ''
}

export const skipRule = fuzzTarget('skip-rule', 'SEC-13, SEC-17', inputs, ({ rules, routing, start, rest }) => {
  const target = start + rest
  const how = ROUTINGS[routing] ?? { caseSensitive: true, strict: true }
  const request = new GatewayRequest({
    method: 'GET',
    target,
    rawHeaders: ['Host', 'h'],
    httpVersion: '1.1',
    peer: () => undefined,
    routing: how,
  })
  const entry = MOUNTS[rules]?.[routing]?.handle(request)
  if (entry === undefined || entry instanceof Promise) throw new Error('not decided at once')
  const { path, problems, authority } = referenceTarget('GET', target)
  const [sent = ''] = target.split('?')
  const isCanonical = authority === undefined ? sent === path : sent.endsWith(`h${path}`)
  const routed = !how.strict && path !== '/' && path.endsWith('/') ? path.slice(0, -1) : path
  const expected =
    problems.size === 0 &&
    isCanonical &&
    !/%2F|%25[\dA-F]{2}/i.test(path) &&
    (authority ?? 'h') === 'h' &&
    (RULES[rules] ?? []).some((rule) => referenceRule(rule, routed))
  agree(`skipped ${target}`, entry.kind, expected ? 'skipped' : 'denied')
})
