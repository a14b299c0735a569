/** Wildcards and missing segments in `Resource` and `NotResource` (AWS-POL-22, SEC-46). */
import { describe, expect, test } from 'vitest'
import { API, ARN, HEAD, decide, matches, statement } from './decide.ts'

const denied = (Resource: string, resource = ARN): boolean =>
  decide([{ Effect: 'Deny', Resource }, {}], { resource }) === 'ExplicitlyDenied'
const allowed = (Resource: string, resource = ARN): boolean => decide({ Resource }, { resource }) === 'Allowed'
/** `NotResource` excludes from an Allow and exempts from a Deny. */
const excluded = (NotResource: string, resource = ARN): boolean => decide({ NotResource }, { resource }) !== 'Allowed'
const spared = (NotResource: string, resource = ARN): boolean =>
  decide([{ Effect: 'Deny', NotResource }, {}], { resource }) === 'Allowed'

describe('patterns with fewer than six segments', () => {
  test.each([
    ['arn:aws:execute-api', true],
    ['arn:aws:execute-api:*', true],
    ['arn:aws:execute-api:us-east-1', true],
    ['arn:aws:execute-api:us-*', true],
    ['arn:aws:execute-api:us-east-1:123456789012', true],
    ['arn:aws:execute-api:*:*', true],
    ['arn:aws', true],
    ['arn:*', true],
    ['arn:aws-cn', false],
    ['arn:aws:execute-api:eu-west-1', false],
    ['arn:aws:execute-api:us-east-1:210987654321', false],
    ['arn:aws:execute-api:us-east-1:12345678901', false],
    // An empty segment is present and is not completed.
    ['arn:aws:execute-api:', false],
    ['arn:aws:execute-api:us-east-1:', false],
    ['arn:aws:execute-api::', false],
    [`${HEAD}:`, false],
  ])('AWS-POL-22b a pattern with fewer than six segments is completed: %s matches: %s', (pattern, matched) => {
    expect(matches({ Resource: pattern })).toBe(matched)
    expect(matches({ NotResource: pattern })).toBe(!matched)
  })
})

test('AWS-POL-22b a pattern whose fields have wildcards is completed after the last one', () => {
  // In a Deny, the first star also matches the service, so that the region follows.
  const deny = { Effect: 'Deny', Resource: 'arn:*:us-east-1' }
  expect(decide([{}, deny])).toBe('ExplicitlyDenied')
  expect(decide([{}, { ...deny, Resource: 'arn:*:eu-west-1' }])).toBe('Allowed')
})

test('AWS-POL-22 a colon in a path belongs to the resource, also if another field has a wildcard', () => {
  const input = { resource: `${API}/prod/GET/a:b` }
  for (const head of [HEAD, 'arn:aws:execute-api:*:123456789012']) {
    const under = `${head}:abcdef123/prod/GET`
    expect(decide([{ Resource: `${under}/a:b` }], input)).toBe('Allowed')
    expect(decide([{ Resource: `${under}/ab` }], input)).toBe('ImplicitlyDenied')
  }
})

test('AWS-POL-22 a pattern for another region that ends in the fields of the API allows nothing', () => {
  const Resource = `arn:aws:execute-api:us-east-2:123456789012:*${HEAD}`
  expect(decide([{ Resource }], { resource: `${API}/prod/GET/${HEAD}` })).toBe('ImplicitlyDenied')
})

// A pattern without a literal service is invalid: it neither allows nor exempts, but it may deny.
test.each([
  'arn:aws:*',
  'arn:aws:*:*:*:*',
  'arn:aws:exec*:us-east-1:123456789012:*',
  'arn:aws:execute-ap?:*',
  'arn:aws:execute-api*:us-east-1:123456789012:*',
])('AWS-POL-22c an Allow with a wildcard in the service field grants nothing: %s', (pattern) => {
  expect(allowed(pattern)).toBe(false)
  expect(spared(pattern)).toBe(false)
})

// The trailing star of a segment would have to match later segments.
const REACHING: readonly (readonly [pattern: string, resource: string])[] = [
  ['arn:aws:execute-api:*:abcdef123/prod/GET/pets/7', ARN],
  ['arn:aws:execute-api:us-*:abcdef123/prod/*', ARN],
  ['arn:aws:execute-api:*:abcdef12?/*', ARN],
  ['arn:*:abcdef123/prod/GET/pets/7', ARN],
  ['arn:aws*:abcdef123/prod/GET/pets/7', ARN],
  ['arn:*:123456789012:abcdef123/prod/GET/pets/7', ARN],
  ['arn:aws:execute-api:*:abcdef123/prod/POST/pets:batch', `${API}/prod/POST/pets:batch`],
  ['arn:aws:execute-api:*:abcdef123/prod/POST/a:b:c', `${API}/prod/POST/a:b:c`],
  ['arn:*:abcdef123/prod/POST/a:b:c', `${API}/prod/POST/a:b:c`],
]

describe('trailing star of a segment', () => {
  test.each(REACHING)(
    'SEC-46 AWS-POL-22 the star of an Allow does not extend over later segments: %s does not match %s',
    (pattern, resource) => {
      expect(allowed(pattern, resource)).toBe(false)
      expect(spared(pattern, resource)).toBe(false)
    },
  )

  test.each(REACHING)(
    'SEC-46 AWS-POL-22 the star of a Deny extends over later segments: %s matches %s',
    (pattern, resource) => {
      expect(denied(pattern, resource)).toBe(true)
      expect(excluded(pattern, resource)).toBe(true)
    },
  )

  test.each([
    // The star is not the last character of its segment.
    'arn:aws:execute-api:us-east-1:*/prod/GET/pets/7',
    'arn:aws:execute-api:*t-1:abcdef123/prod/GET/pets/7',
    // The rest of the pattern must match.
    'arn:aws:execute-api:*:zzzzzz999/prod/GET/pets/7',
    'arn:aws:execute-api:eu-*:abcdef123/prod/GET/pets/7',
    'arn:aws:execute-api:*:pets/7',
    'arn:aws-cn*:abcdef123/prod/GET/pets/7',
  ])('SEC-46 AWS-POL-22 a Deny extends only a trailing star: %s does not match', (pattern) => {
    expect(denied(pattern)).toBe(false)
    expect(excluded(pattern)).toBe(false)
  })
})

describe('resource part', () => {
  const pattern = 'arn:aws:execute-api:*:*:abcdef123/*/GET/pets'

  test('SEC-46 a star matches slashes in an Allow and in a Deny', () => {
    for (const path of ['prod/GET/pets', 'prod/POST/x/GET/pets']) {
      expect(matches({ Resource: pattern }, { resource: `${API}/${path}` })).toBe(true)
    }
  })

  test('SEC-46 a resource without a wildcard does not match by prefix', () => {
    expect(matches({ Resource: `${API}/prod/GET/pet` }, { resource: `${API}/prod/GET/pets` })).toBe(false)
    expect(matches({ Resource: `${API}/prod/GET/` }, { resource: `${API}/prod/GET/pets` })).toBe(false)
    expect(matches({ Resource: API }, { resource: `${API}/prod/GET/pets` })).toBe(false)
  })

  test.each([
    `${API}/prod/GET/arn:aws:execute-api:us-east-1:123456789012:zzzzzz999/prod/GET/admin`,
    `${API}/prod/GET/x:y:z:zzzzzz999/prod/GET/admin`,
    `${API}/prod/GET/:::::`,
  ])('SEC-46 a colon in the path does not shift ARN fields: %s', (resource) => {
    expect(matches({ Resource: `${HEAD}:zzzzzz999/prod/GET/admin` }, { resource })).toBe(false)
    expect(matches({ Resource: '*' }, { resource })).toBe(true)
    expect(matches({ Resource: resource }, { resource })).toBe(true)
    expect(matches({ Resource: `${API}/*` }, { resource })).toBe(true)
    expect(matches({ Resource: `${API}/prod/GET/*:*` }, { resource })).toBe(true)
    expect(matches({ Resource: `${HEAD}:zzzzzz999/*` }, { resource })).toBe(false)
  })
})

test.each(['arn:aws:*:us-east-1:123456789012', 'arn:aws:exec*:us-east-1:123456789012:abcdef123/prod/*', 'arn:aws:*'])(
  'AWS-POL-22c a Deny with a wildcard in the service field denies: %s',
  (Resource) => {
    expect(decide([statement(), { Effect: 'Deny', Resource }])).toBe('ExplicitlyDenied')
    expect(decide({ Resource })).not.toBe('Allowed')
  },
)
