/** Which requests a usage plan has counted already. */
import { describe, expect, test } from 'vitest'
import { CountedRequests } from '../../../packages/core/src/usage-plan/counted-requests.ts'

const usage = { planId: 'gold' }

describe('counted requests', () => {
  test.each([
    ['a request', {}],
    ['a frozen request', Object.freeze({})],
  ])('FLEET-39 %s is counted once by each plan', (_, request) => {
    const counted = new CountedRequests()
    expect(counted.get(request)).toBeUndefined()
    counted.set(request, usage)
    expect(counted.get(request)).toBe(usage)
    expect(new CountedRequests().get(request)).toBeUndefined()
  })

  test.each([
    ['a copy of it', (request: object) => ({ ...request })],
    ['a request that inherits from it', (request: object): object => Object.create(request) as object],
  ])('FLEET-39 after a request, %s is counted too', (_, derive) => {
    const counted = new CountedRequests()
    const request = {}
    counted.set(request, usage)
    const derived = derive(request)
    expect(counted.get(derived)).toBeUndefined()
    counted.set(derived, { planId: 'silver' })
    expect(counted.get(derived)).toEqual({ planId: 'silver' })
    expect(counted.get(request)).toBe(usage)
  })

  test('FLEET-39 a counted request has no new enumerable name', () => {
    const request = { url: '/' }
    new CountedRequests().set(request, usage)
    expect([Object.keys(request), JSON.stringify(request)]).toEqual([['url'], '{"url":"/"}'])
  })
})
