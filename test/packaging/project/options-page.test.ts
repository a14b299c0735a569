/** docs/options.md names every option: the error of an unknown option lists those that exist. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthorizer, gatewayDecision, native, shadow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { customAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { gatewayResponse, httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { MemoryUsageStore, usagePlan } from '@custom-authorizer/core/usage-plan'
import { guardApi } from '@custom-authorizer/definitions'
import { inspector } from '@custom-authorizer/cli'
import { expect, test } from 'vitest'
import { root } from '../../support/root.ts'

const page = readFileSync(join(root, 'docs', 'options.md'), 'utf8')
const handler = (): boolean => true

const compared = () => ({
  enforce: createAuthorizer({ authorize: handler }),
  candidate: createAuthorizer({ authorize: handler }),
})

/** Passed to everything that takes options, also inside of groups. */
const UNKNOWN = { unknown: 1 } as object

test.each<[name: string, build: () => unknown]>([
  ['createAuthorizer', () => createAuthorizer({ authorize: handler, ...UNKNOWN })],
  ['createAuthorizer.limits', () => createAuthorizer({ authorize: handler, limits: UNKNOWN })],
  ['customAuthorizer', () => customAuthorizer(handler, UNKNOWN)],
  ['guardUpgrade', () => guardUpgrade(handler, UNKNOWN)],
  ['native', () => native(UNKNOWN)],
  ['aws.token', () => aws.token(UNKNOWN)],
  ['aws.token.compatibility', () => aws.token({ compatibility: UNKNOWN })],
  ['aws.token.limits', () => aws.token({ limits: UNKNOWN })],
  ['aws.token.api', () => aws.token({ api: UNKNOWN })],
  ['aws.request', () => aws.request(UNKNOWN)],
  ['aws.httpApi', () => aws.httpApi(UNKNOWN)],
  ['aws.httpApi.compatibility', () => aws.httpApi({ compatibility: UNKNOWN })],
  ['aws.webSocket', () => aws.webSocket(UNKNOWN)],
  ['aws.webSocket.compatibility', () => aws.webSocket({ compatibility: UNKNOWN })],
  ['huawei.frontend', () => huawei.frontend(UNKNOWN)],
  ['huawei.frontend.compatibility', () => huawei.frontend({ compatibility: UNKNOWN })],
  ['huawei.backend', () => huawei.backend(UNKNOWN)],
  ['huawei.both', () => huawei.both(UNKNOWN as Parameters<typeof huawei.both>[0])],
  ['httpFunction', () => httpFunction({ url: 'https://example.com', ...UNKNOWN })],
  ['httpFunction.breaker', () => httpFunction({ url: 'https://example.com', breaker: UNKNOWN })],
  ['lambdaFunction', () => lambdaFunction({ endpoint: 'http://127.0.0.1:9000', ...UNKNOWN })],
  ['gatewayResponse', () => gatewayResponse({ url: 'https://example.com', ...UNKNOWN })],
  ['gatewayDecision', () => gatewayDecision({ contextOf: handler, ...UNKNOWN })],
  ['shadow', () => shadow({ ...compared(), ...UNKNOWN })],
  ['shadow.safeAfter', () => shadow({ ...compared(), safeAfter: UNKNOWN })],
  ['guardApi', () => guardApi({ apis: [], stops: [] }, UNKNOWN)],
  ['usagePlan', () => usagePlan(createAuthorizer({ authorize: handler }), { plans: [], ...UNKNOWN })],
  ['usagePlan.plans', () => usagePlan(createAuthorizer({ authorize: handler }), { plans: [{ id: 'p', ...UNKNOWN }] })],
  [
    'usagePlan.keys',
    () =>
      usagePlan(createAuthorizer({ authorize: handler }), {
        plans: [],
        keys: [{ id: 'k', value: 'a-value-of-a-key-0123', ...UNKNOWN }],
      }),
  ],
  ['inspector', () => inspector(createAuthorizer({ authorize: handler }), UNKNOWN)],
  ['MemoryUsageStore', () => new MemoryUsageStore(UNKNOWN)],
])('docs/options.md names every option of %s', (_, build) => {
  const [, list = ''] = /is not an option; allowed: (.*)$/.exec(messageOf(build)) ?? []
  const options = list.split(', ')
  expect(options.length).toBeGreaterThan(0)
  expect(options.filter((option) => !new RegExp(`\`(?:[^\`]*\\W)?${option}\\b`).test(page))).toEqual([])
})

const messageOf = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the unknown option was accepted')
}
