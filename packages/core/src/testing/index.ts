/** Tests for implementations of interfaces: `import { usageStoreSuite } from '@custom-authorizer/core/testing'`. @module */
export { sharedStoreSuite, type SharedStoreSubject } from './shared-store-suite.ts'
export { storeSuite, type StoreSubject } from './store-suite.ts'
export type { SuiteTest } from './suite.ts'
export { usageStoreSuite, type UsageStoreSubject } from './usage-store-suite.ts'
