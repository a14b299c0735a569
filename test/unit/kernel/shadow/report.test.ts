/** The report of `shadow`: whether it is safe to switch, and why not. */
import type { GatewayRequest, SafeAfter, ShadowReport } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { withToken } from '../../../support/with-token.ts'
import { ann, returning, setUp } from './trial.ts'

/** A decision by the token: a letter for each authorizer. */
const byToken = (position: number, name: string) =>
  returning((request: GatewayRequest) => {
    const letter = request.header('authorization')?.[position]
    if (letter === 'e') throw new Error('failed')
    return letter === 'd' ? false : ann({}, letter)
  }, name)

const reportOn = async (tokens: readonly string[], safeAfter: SafeAfter): Promise<ShadowReport> => {
  const { authorizer, compareOnce } = setUp({
    enforce: byToken(0, 'current'),
    candidate: byToken(1, 'next'),
    safeAfter,
  })
  for (const token of tokens) await compareOnce(withToken(token))
  return authorizer.comparison()
}

const times = (count: number, token: string): readonly string[] => Array.from({ length: count }, () => token)

test.each<[tokens: readonly string[], safeAfter: SafeAfter, why: readonly string[]]>([
  [
    [],
    {},
    ['only 0 of 1,000 requests were compared', 'no request was allowed by both', 'no request was denied by both'],
  ],
  [[...times(3, 'aa'), 'dd'], {}, ['only 4 of 1,000 requests were compared']],
  [times(3, 'aa'), { requests: 3 }, ['no request was denied by both']],
  [times(3, 'dd'), { requests: 3 }, ['no request was allowed by both']],
  [[...times(3, 'aa'), 'dd'], { requests: 1, denied: 2 }, ['only 1 request of 2 was denied by both']],
  [['aa', 'dd'], { requests: 1, allowed: 1000 }, ['only 1 request of 1,000 was allowed by both']],
  [
    [],
    { requests: 1 },
    ['only 0 of 1 request was compared', 'no request was allowed by both', 'no request was denied by both'],
  ],
  [
    ['aa', 'dd', 'da', 'da', 'ad', 'ab', 'ae'],
    { requests: 1 },
    [
      '2 requests were allowed instead of denied: current denied, next allowed',
      '1 request was denied instead of allowed: current allowed, next denied',
      '1 request was allowed for another principal',
      'next failed for 1 request',
    ],
  ],
  [
    ['aa', 'dd', 'da', 'ad'],
    { requests: 1, differences: 5 },
    ['1 request was allowed instead of denied: current denied, next allowed'],
  ],
])('after the decisions %j with the criteria %j it is not safe to switch: %j', async (tokens, safeAfter, why) => {
  expect(await reportOn(tokens, safeAfter)).toMatchObject({ isSafeToSwitch: false, why })
})

test.each<[tokens: readonly string[], safeAfter: SafeAfter, why: string]>([
  [
    [...times(998, 'aa'), 'dd', 'dd'],
    {},
    '1,000 requests were compared: 998 allowed and 2 denied by both, none differed',
  ],
  [
    ['aa', 'dd', 'ad'],
    { requests: 3, differences: 1 },
    '3 requests were compared: 1 allowed and 1 denied by both, 1 differed, which is tolerated',
  ],
  [['aa'], { requests: 1, denied: 0 }, '1 request was compared: 1 allowed and 0 denied by both, none differed'],
])('%#: it is safe to switch', async (tokens, safeAfter, why) => {
  expect(await reportOn(tokens, safeAfter)).toMatchObject({ isSafeToSwitch: true, why: [why] })
})

test('a report says that requests were left out because of maxInFlight', async () => {
  const { authorizer } = setUp({ candidate: returning(true), maxInFlight: 1 })
  void authorizer.evaluate(withToken('t'))
  void authorizer.evaluate(withToken('t'))
  expect(authorizer.comparison()).toMatchObject({ inFlight: 1, skipped: { BUSY: 1 } })
  expect(authorizer.comparison().why).toContain('1 request was not compared because maxInFlight was reached')
})

test('a report is a copy, with the most dangerous kinds first', async () => {
  const report = await reportOn(['ae', 'ab', 'ad', 'da', 'aa', 'dd'], {})
  expect(report.differences.map(({ kind }) => kind)).toEqual([
    'ALLOWED_INSTEAD_OF_DENIED',
    'DENIED_INSTEAD_OF_ALLOWED',
    'OTHER_PRINCIPAL',
    'CANDIDATE_FAILED',
  ])
  expect(report).toMatchObject({ requests: 6, compared: 6, agreed: { allowed: 1, denied: 1 } })
})
