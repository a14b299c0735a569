/** The suite for adapters: the adapters of this library pass. */
import { adapterSuite } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { SERVICES } from './services.ts'

describe.each(SERVICES)('adapterSuite on %s', (_, start) => {
  for (const { title, run } of adapterSuite(start))
    test(title, async () => {
      await expect(run()).resolves.toBeUndefined()
    })
})
