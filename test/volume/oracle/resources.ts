/** Generates request ARNs, and patterns, most of which match them. @module */
import { lookUp } from './context.ts'
import type { Draft } from './draft.ts'
import type { Random } from './random.ts'

const SEGMENTS = [
  'pets',
  'Pets',
  'users',
  '7',
  '42',
  'red',
  'blue',
  'v1',
  'a:b',
  'a+b',
  'x%2Fy',
  'a%2Bb',
  'x.y',
  '(z)',
  '$5',
  'a',
]
const ODD_SEGMENTS = ['p*', 'p?ts', '*']

/** The ARN of a request. */
export const makeResource = (random: Random, odd: boolean): string => {
  const segments = random.several(0, 4, () => random.pick(odd && random.chance(0.1) ? ODD_SEGMENTS : SEGMENTS))
  const head = random.pick([
    'arn:aws:execute-api:us-east-1:123456789012',
    'arn:aws:execute-api:us-east-1:123456789012',
    'arn:aws-cn:execute-api:cn-north-1:210987654321',
  ])
  const stage = random.pick(['prod', 'prod', 'test', '$default'])
  const method = random.pick(['GET', 'GET', 'POST', 'DELETE', '$connect'])
  return `${head}:abcdef123/${stage}/${method}/${segments.join('/')}`
}

const splitHead = (arn: string): [head: string[], resource: string] => {
  const parts = arn.split(':')
  return [parts.slice(0, 5), parts.slice(5).join(':')]
}

/** A resource pattern; `restricts` says whether a match can only deny. */
export const makePattern = (draft: Draft, restricts: boolean, negated: boolean): string => {
  const { random, odd, malformed } = draft
  const target = random.chance(0.88) ? draft.resource : makeResource(random, false)
  const [head, resource] = splitHead(target)
  return random.choose<string>([
    [6, () => '*'],
    [6, () => shortPattern(random, head)],
    [odd ? 15 : 0, () => oddPattern(random, head, resource)],
    [malformed ? 4 : 0, () => random.pick(['**', 'a*', 'arn', `ARN${target.slice(3)}`, resource, ''])],
    [80, () => `${makeHead(draft, head, restricts && resource.includes(':'))}:${makeTail(draft, resource, negated)}`],
  ])
}

// A short pattern has a star only at its end: how far other stars reach is a known difference.
const shortPattern = (random: Random, head: readonly string[]): string => {
  const length = random.pick([1, 3, 4, 5])
  const prefix = head.slice(0, length)
  if (length === 3)
    return random.pick([
      prefix.join(':'),
      `${prefix.join(':')}:*`,
      `${prefix.slice(0, 2).join(':')}:*`.replace(/:\*$/, ':execute-api:*'),
    ])
  return random.pick([prefix.join(':'), `${prefix.join(':')}:*`]).replace(/^arn$/, 'arn:*')
}

const PLACES = [1, 3, 4]
const makeHead = ({ random }: Draft, head: readonly string[], noStarAtEnd: boolean): string => {
  const fields = [...head]
  for (const place of PLACES) {
    const field = fields[place] ?? ''
    fields[place] = random.choose<string>([
      [80, () => field],
      [12, () => (noStarAtEnd ? `*${field.slice(1)}` : '*')],
      [3, () => `${field.slice(0, -1)}?`],
      [3, () => (noStarAtEnd ? `${field.slice(0, 1)}*${field.slice(-1)}` : `${field.slice(0, 2)}*`)],
      [1, () => '?'],
      [1, () => 'other'],
    ])
  }
  return fields.join(':')
}

const cutAt = (random: Random, text: string, put: string, length: number): string => {
  const from = random.between(0, text.length)
  return text.slice(0, from) + put + text.slice(from + length)
}

/** Turns the resource part into a pattern with stars, question marks, variables or escapes, or leaves it unchanged. */
const makeTail = (draft: Draft, resource: string, negated: boolean): string => {
  const { random, odd } = draft
  let tail = draft.variables && random.chance(0.3) ? withVariable(draft, resource, negated) : resource
  // A variable must stay whole. Wildcards in the API identifier are a known difference.
  const from = Math.max(tail.lastIndexOf('}') + 1, odd && random.chance(0.3) ? 0 : tail.indexOf('/') + 1)
  const start = tail.slice(0, from)
  tail = tail.slice(from)
  for (let changes = random.between(0, 3); changes > 0; changes--) {
    tail = random.choose<string>([
      [4, () => cutAt(random, tail, '*', random.between(0, 6))],
      [2, () => cutAt(random, tail, '?', 1)],
      [2, () => `${tail.slice(0, random.between(0, tail.length))}*`],
      // `$` followed by `{id}` would be a variable.
      [0.5, () => cutAt(random, tail, '{id}', 1).replace('${id}', '$')],
      [0.5, () => cutAt(random, tail, '', 1)],
      [0.3, () => tail.toLowerCase()],
    ])
  }
  return start + tail
}

const KEYS = ['aws:UserAgent', 'aws:Referer', 'aws:PrincipalTag/team', 'AWS:useragent']
const withVariable = ({ random, context, odd }: Draft, resource: string, negated: boolean): string => {
  const escaped = resource.indexOf('$')
  if (escaped >= 0 && random.chance(0.5)) return `${resource.slice(0, escaped)}\${$}${resource.slice(escaped + 1)}`
  const key = random.pick(KEYS)
  const given = lookUp(context, key)
  const at = resource.lastIndexOf('/') + 1
  const last = resource.slice(at)
  if (typeof given === 'string' && given !== '' && last.includes(given)) {
    const from = at + last.indexOf(given)
    const variable = random.pick([`\${${key}}`, `\${ ${key} }`, `\${${key}, 'none'}`])
    return resource.slice(0, from) + variable + resource.slice(from + given.length)
  }
  if (given === undefined && !/[^a-z\d]/i.test(last) && last !== '' && random.chance(0.7))
    return `${resource.slice(0, at)}\${${key}, '${last}'}`
  // The meaning of an unresolved variable under NotResource is a known difference.
  if ((given === '' || (given === undefined && negated)) && !odd) return resource
  return `${resource.slice(0, at)}\${${key}}`
}

const oddPattern = (random: Random, head: readonly string[], resource: string): string => {
  const [, partition = '', , region = '', account = ''] = head
  return random.pick([
    `arn:${partition}:*:${region}:${account}:${resource}`,
    `arn:${partition}:exec*:*`,
    `arn:${partition}:execute-ap?:${region}:${account}:*`,
    `arn:${partition.toUpperCase()}:execute-api:${region}:${account}:*`,
    `arn:${partition}:execute-api:${region.toUpperCase()}:*`,
    `arn:${partition}:execute-api:*:${resource}`,
    `arn:${partition}*:${region}:${account}:${resource}`,
    `arn:*:${resource}`,
    `${head.join(':')}:${resource.replace('+', '%2B').replace(':', '%3A').replace('$', '%24')}`,
    `${head.join(':')}:abcdef123/*/\${aws:PrincipalTag/team,'red'}`,
    `${head.join(':')}:abcdef123/*/\${aws:PrincipalTag/team, ''}`,
    `${head.join(':')}:abcdef123/*/\${x:Absent}`,
    `${head.join(':')}:abcdef123/*/\${aws:TagKeys}`,
    `${head.join(':')}:abcdef123/*\${*}*`,
  ])
}
