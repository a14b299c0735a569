/** The index of patterns without a literal prefix, compared with testing each pattern. */
import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { GramIndex } from '../../../../packages/core/src/aws/policy/matching/gram-index.ts'
import { PatternIndex } from '../../../../packages/core/src/aws/policy/matching/pattern-index.ts'
import { reasonOf } from '../../../support/outcome.ts'
import { gatewayRequest, LOOSE } from '../../../support/request.ts'
import { scaled } from '../../../support/volume.ts'

/** More searches than those before the index is built. */
const SEARCHES = 5

const LETTERS = constantFrom('a', 'b', 'ab', 'aba', '/', '7')
const text = (maxLength: number): ReturnType<typeof array<string>> => array(LETTERS, { maxLength })

test('AWS-POL-20 the index finds every pattern that a text contains', () => {
  assert(
    property(
      array(array(text(6), { minLength: 1, maxLength: 3 }), { maxLength: 20 }),
      text(20),
      (patterns, letters) => {
        const index = new GramIndex<number>()
        const literals = patterns.map((parts) => parts.map((part) => part.join('')))
        for (const [position, parts] of literals.entries()) index.add({ parts }, position)
        const given = letters.join('')
        const expected = literals.flatMap((parts, position) =>
          parts.every((part) => given.includes(part)) ? [position] : [],
        )
        for (let search = 0; search < SEARCHES; search++) {
          const found = new Set<number>()
          index.some(given, (position) => {
            if (literals[position]?.every((part) => given.includes(part))) found.add(position)
            return false
          })
          expect([...found].toSorted((a, b) => a - b)).toEqual(expected)
        }
      },
    ),
    { numRuns: scaled(20_000) },
  )
})

test('AWS-POL-02 all values of one index are tested where each has to pass', () => {
  const index = new GramIndex<number>()
  for (const value of [1, 2, 3]) index.add({ parts: [] }, value)
  expect([index.every((value) => value !== 2), index.every((value) => value > 0)]).toEqual([false, true])
})

test('AWS-POL-20 few of many patterns with the same beginning are tested', () => {
  const index = new PatternIndex<number>()
  for (let id = 0; id < 1000; id++) index.add({ prefix: 'api/prod/', parts: ['api/prod/', `/a${1000 + id}/`] }, id)
  for (let search = 0; search < SEARCHES; search++) {
    const tested: number[] = []
    expect(index.some('api/prod/GET/a1500/detail', (id) => tested.push(id) > 0 && id === 500)).toBe(true)
    expect(tested.length).toBeLessThan(5)
  }
})

test('AWS-POL-20 few of many patterns are tested', () => {
  const index = new GramIndex<number>()
  for (let id = 0; id < 1000; id++) index.add({ parts: ['/items/', `${1000 + id}/detail`] }, id)
  for (let search = 0; search < SEARCHES; search++) {
    const tested: number[] = []
    expect(index.some('/items/1500/detail', (id) => tested.push(id) > 0 && id === 500)).toBe(true)
    expect(tested.length).toBeLessThan(5)
  }
})

const statement = (Effect: string, Resource: readonly string[]): aws.PolicyStatement => ({
  Effect,
  Action: '*',
  Resource,
})

const PATHS = [
  '/pets/item/7',
  '/PETS/Item/7',
  '/p%65ts/item/7',
  '/pets%2Fitem/7',
  '/pets/item%2541/7',
  '/pets/100%25/item',
  '/x/%41admin',
  '/x/Aadmin',
  '/zo%C3%AB/item',
]
const PATTERNS = [
  '*/item/*',
  '*/ITEM/*',
  '*item*',
  '*41admin',
  '*%41admin',
  '*Aadmin*',
  '*100%/item',
  '*100%25*',
  '*zoë/item',
  '*%C3%AB/*',
  '*c3%ab*',
  '*2541*',
  '*item%2541*',
  '?bcdef1234/*item/7',
  '*/i?em/7',
]

/** The beginning of a resource in front of its first star: none, and the API and stage that all patterns of a policy share. */
const BEGINNINGS = ['', 'abcdef1234/prod/']

test.each(PATHS.flatMap((path) => BEGINNINGS.map((beginning) => [path, beginning] as const)))(
  'SEC-07 SEC-11 a Deny applies to %s among many others with the beginning %j as it does alone',
  async (path, beginning) => {
    const reasonWith = async (resources: readonly string[]): Promise<string> => {
      const authorizer = createAuthorizer({
        authorize: (() =>
          Promise.resolve({
            principalId: 'a',
            policyDocument: {
              Version: '2012-10-17',
              Statement: [
                statement('Allow', ['*']),
                statement(
                  'Deny',
                  resources.map((resource) => `arn:aws:execute-api:*:*:${beginning}${resource}`),
                ),
              ],
            },
          })) as never,
        contract: aws.token({ api: { apiId: 'abcdef1234', stage: 'prod' }, authorizerResultTtlInSeconds: 0 }),
        logger: null,
      })
      const reasons = new Set<string>()
      for (let search = 0; search < SEARCHES; search++) {
        const request = gatewayRequest(`GET ${path}`, { headers: { Authorization: 't' }, routing: LOOSE })
        reasons.add(reasonOf(await authorizer.evaluate(request)))
      }
      return [...reasons].join()
    }
    const others = Array.from({ length: 30 }, (_, index) => `*/other${index}/${index}`)
    const alone = await Promise.all(PATTERNS.map((pattern) => reasonWith([pattern])))
    expect(await Promise.all(PATTERNS.map((pattern) => reasonWith([...others, pattern])))).toEqual(alone)
    expect(new Set(alone)).toContain('EXPLICIT_DENY')
  },
)

test('SEC-44 a Deny with a variable applies among many others with the same beginning', async () => {
  const api = 'arn:aws:execute-api:*:*:abcdef1234/prod/GET/pets/'
  const others = Array.from({ length: 30 }, (_, index) => `${api}*other${index}/x`)
  const Statement = [statement('Allow', ['*']), statement('Deny', [...others, `${api}\${aws:UserAgent}`])]
  const authorizer = createAuthorizer({
    authorize: (() =>
      Promise.resolve({ principalId: 'a', policyDocument: { Version: '2012-10-17', Statement } })) as never,
    contract: aws.token({ api: { apiId: 'abcdef1234', stage: 'prod' }, authorizerResultTtlInSeconds: 0 }),
    logger: null,
  })
  const reasonOfAgent = async (agent: string): Promise<string> =>
    reasonOf(
      await authorizer.evaluate(
        gatewayRequest('GET /pets/7', { headers: { Authorization: 't', 'User-Agent': agent } }),
      ),
    )
  for (let search = 0; search < SEARCHES; search++)
    expect([await reasonOfAgent('7'), await reasonOfAgent('8')]).toEqual(['EXPLICIT_DENY', 'ALLOWED'])
})
