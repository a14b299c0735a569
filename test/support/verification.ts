/** Observes signature verification. @module */
import nodeCrypto from 'node:crypto'
import { type MockInstance, vi } from 'vitest'

/** Records each signature that is verified by `node:crypto`. */
export const spyOnVerification = (): MockInstance<typeof nodeCrypto.verify> => vi.spyOn(nodeCrypto, 'verify')
