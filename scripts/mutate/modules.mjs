// Which sources are mutated, and the tests of the same unit that must fail for a mutant. Other tests would only add time.

const core = 'packages/core/src'
const policy = `${core}/aws/policy`

/** Files to mutate and tests to run, in the order in which `npm run mutate` works through them. */
export const modules = {
  target: {
    sources: [
      `${core}/kernel/request/target.ts`,
      `${core}/kernel/mount/routed-target.ts`,
      `${core}/kernel/request/gateway-request.ts`,
      `${core}/kernel/request/derived-init.ts`,
      `${core}/kernel/request/request-line.ts`,
      `${core}/kernel/request/headers.ts`,
      `${core}/kernel/request/connection.ts`,
      `${core}/kernel/request/query.ts`,
      `${core}/kernel/request/source-ip.ts`,
    ],
    tests: [
      'test/unit/kernel/request/{target,encoded-slash,received-target,gateway-request,connection-header}*.test.ts',
      'test/unit/kernel/request/{query-and-cookies,http2-cookies,repeated-parameters,source-ip,cidr-blocks,route}.test.ts',
      'test/unit/kernel/mount/routed-target.test.ts',
      'test/unit/fetch/fetch.test.ts',
      'test/unit/aws/policy/percent-encoding.test.ts',
      'test/unit/aws/rest/event-target.test.ts',
    ],
  },
  headers: {
    sources: [
      `${core}/kernel/mount/context-headers.ts`,
      `${core}/kernel/mount/header-text.ts`,
      `${core}/node/views/header-views.ts`,
      `${core}/node/views/distinct-view.ts`,
    ],
    tests: ['test/unit/kernel/mount/context-headers*.test.ts', 'test/unit/node/*.test.ts'],
  },
  cache: {
    sources: [
      `${core}/kernel/request/identity-source.ts`,
      `${core}/kernel/request/source-notation.ts`,
      `${core}/kernel/cache/result-cache.ts`,
      `${core}/kernel/cache/store-entries.ts`,
      `${core}/kernel/cache/revived-result.ts`,
      `${core}/kernel/cache/memory-store.ts`,
      `${core}/kernel/util/breaker.ts`,
    ],
    tests: [
      'test/unit/kernel/cache/*.test.ts',
      'test/unit/kernel/util/breaker.test.ts',
      'test/unit/kernel/decision/identity-source-explanation.test.ts',
      'test/unit/kernel/request/{identity-source,browser-sources}.test.ts',
      'test/unit/aws/rest/{cache-key,cache-lifetime}.test.ts',
      'test/unit/aws/shared/identity-source.test.ts',
      'test/unit/aws/http-api/{cache,identity-source}.test.ts',
    ],
  },
  output: {
    sources: [
      `${core}/kernel/util/json.ts`,
      `${core}/kernel/contract/context.ts`,
      `${core}/aws/shared/result.ts`,
      `${core}/kernel/native/native.ts`,
      `${core}/kernel/native/answers.ts`,
      `${core}/kernel/native/read-answer.ts`,
      `${core}/kernel/native/chosen-response.ts`,
    ],
    tests: [
      'test/unit/kernel/decision/decision.test.ts',
      'test/unit/kernel/contract/{authorized-context,context-copies}.test.ts',
      'test/unit/kernel/util/{exact-json,json-depth}.test.ts',
      'test/unit/kernel/authorizer/failing-function.test.ts',
      'test/unit/kernel/cache/{invalidate,lifetime}.test.ts',
      'test/unit/kernel/native/*.test.ts',
      'test/unit/aws/shared/{policy-document,quotas,result*}.test.ts',
      'test/unit/aws/rest/{context,documented-pitfalls}.test.ts',
      'test/unit/aws/http-api/{context,result}.test.ts',
    ],
  },
  policy: {
    sources: [`${policy}/**/*.ts`, `${core}/aws/verdicts/*.ts`],
    tests: [
      'test/unit/aws/policy/*.test.ts',
      'test/unit/aws/policy/properties/*.test.ts',
      '!test/unit/aws/policy/properties/{policy-index,statements}.property.test.ts',
      '!test/unit/aws/policy/linear-time.test.ts',
      'test/unit/aws/shared/{method-arn,policy-document,quotas}.test.ts',
      'test/unit/aws/verdicts/*.test.ts',
      'test/security/regression/fuzz-findings.test.ts',
    ],
  },
}
