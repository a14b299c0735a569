/** The counter vectors FV01 to FV34 of the specification, with the memory store. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Demand,
  MemoryUsageStore,
  type QuotaSettings,
  type ThrottleSettings,
} from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { counterName } from '../../../packages/core/src/usage-plan/keys/counter-name.ts'
import { root } from '../../support/root.ts'

interface VectorPlan {
  readonly throttle?: ThrottleSettings
  readonly quota?: QuotaSettings
  readonly methods?: Readonly<Record<string, ThrottleSettings>>
}
interface Step {
  readonly at: number
  readonly expect: 'pass' | 'throttle' | 'quota'
  readonly plan?: VectorPlan
  readonly key?: string
  readonly planId?: string
  readonly method?: string
}
interface Vector {
  readonly id: string
  readonly rule: string
  readonly title: string
  readonly plan: VectorPlan
  readonly steps: readonly Step[]
}

const vectors = readFileSync(join(root, 'test', 'unit', 'usage-plan', 'counter-vectors.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)

const demandOf = ({ throttle, quota, methods }: VectorPlan, method: string | undefined): Demand => {
  const own = method === undefined ? undefined : methods?.[method]
  return {
    quota,
    buckets: [
      ...(throttle === undefined ? [] : [{ name: '', ...throttle }]),
      ...(own === undefined || method === undefined ? [] : [{ name: method, ...own }]),
    ],
  }
}

test('AWS-UP-14 FLEET-20 vector FV22 has throttled requests that do not use the quota', () => {
  const steps = vectors.find(({ id }) => id === 'FV22')?.steps.map((step) => step.expect)
  expect(steps).toEqual(['pass', 'throttle', 'throttle', 'pass', 'quota'])
})

test('there are 34 vectors with 111 steps', () => {
  expect([vectors.length, vectors.flatMap(({ steps }) => steps).length]).toEqual([34, 111])
})

describe.each(vectors)('$rule $id: $title', ({ plan, steps, rule, id }) => {
  test(`${rule} ${id} each step has the expected verdict`, () => {
    let now = 0
    const clock = { now: () => now, monotonic: () => now, setTimeout: () => () => undefined }
    const store = new MemoryUsageStore({ clock })
    const verdicts = steps.map((step) => {
      now = step.at
      const { planId = 'p', key = 'k' } = step
      return store.take(counterName(planId, key), demandOf(step.plan ?? plan, step.method)).verdict
    })
    expect(verdicts).toEqual(steps.map((step) => step.expect))
  })
})
