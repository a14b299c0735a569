/**
 * For tests: requests, events, authorizer functions and a clock, expectations on decisions, and suites for implementations of
 * interfaces. `import { expectDecision } from '@custom-authorizer/core/testing'`.
 * @module
 */
export type { AdapterService, HandledRequest, StartService } from './suites/adapter-service.ts'
export { adapterSuite } from './suites/adapter-suite.ts'
export type { ContractSubject } from './suites/contract-subject.ts'
export { contractSuite } from './suites/contract-suite.ts'
export { type EventOptions, eventFor } from './event.ts'
export { type DecisionExpectation, expectDecision, type ExpectedAllow, type ExpectedDeny } from './expect-decision.ts'
export { type FakeClock, fakeClock } from './fake-clock.ts'
export { testRequest, type TestRequestInit } from './request.ts'
export { hangs, type ScriptedAuthorizer, scriptedAuthorizer, type ScriptedEnd, throws } from './scripted-authorizer.ts'
export { sharedStoreSuite, type SharedStoreSubject } from './suites/shared-store-suite.ts'
export { storeSuite, type StoreSubject } from './suites/store-suite.ts'
export type { SuiteTest } from './suites/suite.ts'
export { usageStoreSuite, type UsageStoreSubject } from './suites/usage-store-suite.ts'
