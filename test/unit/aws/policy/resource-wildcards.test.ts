import { describe, expect, test } from 'vitest'
import { API, ARN, HEAD, decide, matches } from './decide.ts'

const denied = (Resource: string, resource = ARN): boolean =>
  decide([{ Effect: 'Deny', Resource }, {}], { resource }) === 'ExplicitlyDenied'
const allowed = (Resource: string, resource = ARN): boolean => decide({ Resource }, { resource }) === 'Allowed'
/** `NotResource` of an Allow takes away, that of a Deny spares. */
const excluded = (NotResource: string, resource = ARN): boolean => decide({ NotResource }, { resource }) !== 'Allowed'
const spared = (NotResource: string, resource = ARN): boolean =>
  decide([{ Effect: 'Deny', NotResource }, {}], { resource }) === 'Allowed'

describe('AWS-POL-22b a pattern with fewer than six segments is completed', () => {
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
    // An empty segment is written, and so is not completed.
    ['arn:aws:execute-api:', false],
    ['arn:aws:execute-api:us-east-1:', false],
    ['arn:aws:execute-api::', false],
    [`${HEAD}:`, false],
  ])('AWS-POL-22b %s', (pattern, matched) => {
    expect(matches({ Resource: pattern })).toBe(matched)
    expect(matches({ NotResource: pattern })).toBe(!matched)
  })
})

// The service is named, or the pattern is not valid: it grants and spares nothing. What it takes away it may keep.
test.each([
  'arn:aws:*',
  'arn:aws:*:*:*:*',
  'arn:aws:exec*:us-east-1:123456789012:*',
  'arn:aws:execute-ap?:*',
  'arn:aws:execute-api*:us-east-1:123456789012:*',
])('AWS-POL-22c a wildcard in the service grants nothing: %s', (pattern) => {
  expect(allowed(pattern)).toBe(false)
  expect(spared(pattern)).toBe(false)
})

// Where a star at the end of a segment would have to extend over later segments.
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

describe('SEC-46 AWS-POL-22 a star at the end of a segment', () => {
  test.each(REACHING)('SEC-46 gives an Allow nothing over later segments: %s against %s', (pattern, resource) => {
    expect(allowed(pattern, resource)).toBe(false)
    expect(spared(pattern, resource)).toBe(false)
  })

  test.each(REACHING)('SEC-46 reaches over later segments for a Deny: %s against %s', (pattern, resource) => {
    expect(denied(pattern, resource)).toBe(true)
    expect(excluded(pattern, resource)).toBe(true)
  })

  test.each([
    // Not the last character of its segment.
    'arn:aws:execute-api:us-east-1:*/prod/GET/pets/7',
    'arn:aws:execute-api:*t-1:abcdef123/prod/GET/pets/7',
    // What follows has to be there.
    'arn:aws:execute-api:*:zzzzzz999/prod/GET/pets/7',
    'arn:aws:execute-api:eu-*:abcdef123/prod/GET/pets/7',
    'arn:aws:execute-api:*:pets/7',
    'arn:aws-cn*:abcdef123/prod/GET/pets/7',
  ])('SEC-46 AWS-POL-22 a Deny reaches no further than that: %s', (pattern) => {
    expect(denied(pattern)).toBe(false)
    expect(excluded(pattern)).toBe(false)
  })
})

describe('SEC-46 the resource part', () => {
  const pattern = 'arn:aws:execute-api:*:*:abcdef123/*/GET/pets'

  test('SEC-46 a star covers slashes, for both effects', () => {
    for (const path of ['prod/GET/pets', 'prod/POST/x/GET/pets']) {
      expect(matches({ Resource: pattern }, { resource: `${API}/${path}` })).toBe(true)
    }
  })

  test('SEC-46 nothing matches by its beginning alone', () => {
    expect(matches({ Resource: `${API}/prod/GET/pet` }, { resource: `${API}/prod/GET/pets` })).toBe(false)
    expect(matches({ Resource: `${API}/prod/GET/` }, { resource: `${API}/prod/GET/pets` })).toBe(false)
    expect(matches({ Resource: API }, { resource: `${API}/prod/GET/pets` })).toBe(false)
  })

  test.each([
    `${API}/prod/GET/arn:aws:execute-api:us-east-1:123456789012:zzzzzz999/prod/GET/admin`,
    `${API}/prod/GET/x:y:z:zzzzzz999/prod/GET/admin`,
    `${API}/prod/GET/:::::`,
  ])('SEC-46 a colon in a path cannot shift fields: %s', (resource) => {
    expect(matches({ Resource: `${HEAD}:zzzzzz999/prod/GET/admin` }, { resource })).toBe(false)
    expect(matches({ Resource: '*' }, { resource })).toBe(true)
    expect(matches({ Resource: resource }, { resource })).toBe(true)
    expect(matches({ Resource: `${API}/*` }, { resource })).toBe(true)
    expect(matches({ Resource: `${API}/prod/GET/*:*` }, { resource })).toBe(true)
    expect(matches({ Resource: `${HEAD}:zzzzzz999/*` }, { resource })).toBe(false)
  })
})
