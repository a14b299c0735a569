// What is mutated, and the tests that are to notice: those of one unit, as others would cost more and say less.

const core = 'packages/core/src'
const policy = `${core}/aws/policy`

/** Parts of the sources, in the order in which they are worked through: files to mutate, tests to run. */
export const modules = {
  target: {
    sources: [
      `${core}/kernel/request/target.ts`,
      `${core}/kernel/mount/routed-target.ts`,
      `${core}/kernel/request/gateway-request.ts`,
      `${core}/kernel/request/connection.ts`,
      `${core}/kernel/request/query.ts`,
      `${core}/kernel/request/source-ip.ts`,
    ],
    tests: [
      'test/core/{target,routed-target,encoded-slash,repeated-parameters,received-target,request,connection-header,query-and-cookies,source-ip,route,fetch}*.test.ts',
      'test/policy/encoded.test.ts',
      'test/core/aws/event-target.test.ts',
    ],
  },
  headers: {
    sources: [
      `${core}/kernel/mount/context-headers.ts`,
      `${core}/kernel/mount/header-text.ts`,
      `${core}/node/request.ts`,
    ],
    tests: ['test/core/{context-headers,node}*.test.ts', 'test/core/bind.test.ts'],
  },
  cache: {
    sources: [
      `${core}/kernel/request/identity-source.ts`,
      `${core}/kernel/cache/result-cache.ts`,
      `${core}/kernel/cache/store.ts`,
      `${core}/kernel/cache/store-breaker.ts`,
    ],
    tests: [
      'test/core/{cache-key,external-store,identity-explained,identity-source,invalidate,isolation,lifetime,memory-store,result-cache,shared-keys,single-flight,store-faults}*.test.ts',
      'test/core/aws/{cache-key,cache-lifetime,identity-source}*.test.ts',
      'test/core/http-api/{cache,identity-source}.test.ts',
    ],
  },
  output: {
    sources: [
      `${core}/kernel/util/json.ts`,
      `${core}/kernel/contract/context.ts`,
      `${core}/aws/shared/result.ts`,
      `${core}/kernel/native/native.ts`,
    ],
    tests: [
      'test/core/{decision,exact-json,hostile-function,invalidate,json,lifetime,simple}*.test.ts',
      'test/core/aws/{answer,context,quotas,traps}*.test.ts',
      'test/core/http-api/{answer,context}.test.ts',
    ],
  },
  policy: {
    sources: [`${policy}/*.ts`],
    tests: [
      'test/policy/*.test.ts',
      '!test/policy/{index.property,statements.property,linear-time}.test.ts',
      'test/core/aws/{answer-policy,arn,quotas}.test.ts',
      'test/regression/fuzzed.test.ts',
    ],
  },
}

/**
 * Tests of quantity would cost more than all others together: [file, what it says, what it says for a mutant]. What
 * they say of quantities is not asked here.
 */
export const shortened = [
  ['test/policy/arbitraries.ts', 'numRuns })', 'numRuns: Math.min(numRuns, 50) })'],
  // How often a property met an interesting case says nothing when it is tried fifty times only.
  ['test/policy/glob.property.test.ts', '.toBeGreaterThan(', '.not.toBe(-'],
  ['test/policy/wide.property.test.ts', '.toBeGreaterThan(', '.not.toBe(-'],
  ['test/core/cache-key.test.ts', 'round < 100_000', 'round < 500'],
  ['test/core/cache-key.test.ts', 'index < 10_000', 'index < 100'],
  ['test/core/memory-store.test.ts', "test('SEC-61 a million", "test.skip('SEC-61 a million"],
  ['test/core/single-flight.test.ts', 'length: 10_000', 'length: 20'],
]
