// What docs/denials/*.md say in addition to the table of the kernel. One row per denial reason; a test compares the rows with
// the type.

const REST = ['aws.token', 'aws.request']
const AWS = [...REST, 'aws.httpApi', 'aws.webSocket']
const HUAWEI = ['huawei.frontend', 'huawei.backend']
const ALL = ['native', ...AWS, ...HUAWEI]
const WITH_SOURCES = ['native', ...AWS, 'huawei.frontend']

const IDENTITY = 'lambda-authorizers.md#identity-sources'
const PLANS = 'usage-plans.md'
const BODY = 'trust-boundary.md#what-is-yours'

/**
 * `contracts`: those with which the reason can occur. `rules`: what it is based on. `see`: pages with more.
 * @type {Readonly<Record<string, { contracts: readonly string[], rules: readonly string[], see?: Readonly<Record<string, string>> }>>}
 */
export const DENIAL_PAGES = {
  MALFORMED_REQUEST: {
    contracts: ALL,
    rules: ['SEC-02', 'SEC-04', 'SEC-05', 'SEC-06', 'SEC-07', 'SEC-08', 'SEC-10', 'SEC-15', 'SEC-23'],
    see: { 'Behind a proxy': 'behind-a-proxy.md', 'the option `ambiguousTargets`': 'options.md#mount' },
  },
  RESOURCE_TOO_LONG: { contracts: [...REST, 'aws.httpApi'], rules: ['AWS-ARN-13', 'AWS-REST-17'] },
  OUTSIDE_BASE_PATH: {
    contracts: [...REST, 'aws.httpApi'],
    rules: ['AWS-ARN-08'],
    see: { 'the option `api`': 'options.md#api' },
  },
  FOREIGN_ORIGIN: {
    contracts: ['native', 'aws.webSocket'],
    rules: ['SEC-122', 'SEC-110'],
    see: { Browsers: 'browsers.md#cookies', 'the options of `guardUpgrade`': 'options.md#mount' },
  },
  ROUTE_NOT_FOUND: {
    contracts: [...AWS, 'huawei.frontend'],
    rules: ['DEF-GEN-08', 'AWS-FLOW-03', 'AWS-FLOW-04', 'AWS-FLOW-08', 'HW-GEN-12'],
    see: { 'Guarding an API from its definition': 'definitions/guarding.md' },
  },
  ROUTE_UNDECIDED: {
    contracts: [...AWS, 'huawei.frontend'],
    rules: ['DEF-DEF-06'],
    see: { 'Guarding an API from its definition': 'definitions/guarding.md' },
  },
  IDENTITY_SOURCE_MISSING: {
    contracts: WITH_SOURCES,
    rules: ['SEC-57', 'AWS-ID-01', 'AWS-ID-02', 'AWS-ID-05', 'AWS-ID-07', 'HW-ID-01'],
    see: { 'Identity sources': IDENTITY },
  },
  IDENTITY_SOURCE_REPEATED: { contracts: WITH_SOURCES, rules: ['SEC-24'], see: { 'Identity sources': IDENTITY } },
  IDENTITY_SOURCE_INVALID: {
    contracts: WITH_SOURCES,
    rules: ['SEC-08', 'SEC-95'],
    see: { 'the option `limits`': 'options.md#compatibility-and-limits' },
  },
  IDENTITY_VALIDATION_FAILED: {
    contracts: ['aws.token', 'huawei.frontend'],
    rules: ['SEC-96', 'AWS-ID-08', 'HW-ID-02', 'HW-ID-05'],
    see: { 'Identity sources': IDENTITY },
  },
  BODY_TOO_LARGE: { contracts: ['huawei.frontend'], rules: ['SEC-97', 'HW-CFG-12'], see: { 'Request bodies': BODY } },
  BODY_TIMEOUT: { contracts: ['huawei.frontend'], rules: ['SEC-97', 'SEC-99'], see: { 'Request bodies': BODY } },
  BODY_UNAVAILABLE: { contracts: ['huawei.frontend'], rules: ['SEC-97'], see: { 'Body parsers': BODY } },
  UNAUTHORIZED: {
    contracts: ['native', ...AWS],
    rules: ['SEC-36', 'AWS-REST-07'],
    see: { 'JSON Web Tokens': '../packages/jwt/README.md' },
  },
  DENIED: { contracts: ['native', 'aws.httpApi', ...HUAWEI], rules: ['HW-RSP-06', 'SEC-40'] },
  EXPLICIT_DENY: {
    contracts: AWS,
    rules: ['SEC-11', 'SEC-41', 'AWS-REST-09'],
    see: { 'Testing a policy': 'testing.md#a-policy' },
  },
  IMPLICIT_DENY: {
    contracts: AWS,
    rules: ['SEC-41', 'SEC-52', 'AWS-REST-08'],
    see: {
      'The API': 'lambda-authorizers.md#the-api',
      'the trap of `event.methodArn`': 'caching.md#the-trap-of-eventmethodarn',
      'Testing a policy': 'testing.md#a-policy',
    },
  },
  API_KEY_MISSING: {
    contracts: ALL,
    rules: ['AWS-UP-05', 'AWS-UP-20', 'FLEET-01', 'FLEET-03', 'FLEET-05', 'SEC-91'],
    see: {
      'API keys from a header': `${PLANS}#api-keys-from-a-header`,
      'API keys from the authorizer': `${PLANS}#api-keys-from-the-authorizer`,
    },
  },
  API_KEY_INVALID: {
    contracts: ALL,
    rules: ['AWS-UP-05', 'FLEET-03', 'FLEET-04', 'SEC-91'],
    see: { 'Keys and plans': `${PLANS}#keys-and-plans` },
  },
  THROTTLED: {
    contracts: ALL,
    rules: ['AWS-UP-08', 'AWS-UP-15', 'FLEET-12', 'FLEET-14', 'SEC-90', 'SEC-92'],
    see: { 'Usage plans': PLANS, 'Limiting source addresses': `${PLANS}#limiting-source-addresses` },
  },
  QUOTA_EXCEEDED: {
    contracts: ALL,
    rules: ['AWS-UP-12', 'AWS-UP-15', 'FLEET-16', 'FLEET-17', 'SEC-92'],
    see: { 'Usage plans': PLANS, 'Reading usage': `${PLANS}#reading-usage` },
  },
  PLAN_SUBJECT_MISSING: {
    contracts: ALL,
    rules: ['FLEET-25'],
    see: { 'Plans by caller': `${PLANS}#plans-by-caller` },
  },
  PLAN_UNAVAILABLE: {
    contracts: ALL,
    rules: ['FLEET-28', 'SEC-93'],
    see: {
      'Changing plans and keys at run time': `${PLANS}#changing-them-at-run-time`,
      'Outages of Redis': 'several-processes.md#outages',
      'Writing a usage store': 'guides/usage-store.md',
    },
  },
  CONTEXT_MISMATCH: { contracts: ALL, rules: ['SEC-33'], see: { Requirements: 'results.md#requirements' } },
  INSUFFICIENT_SCOPE: {
    contracts: ALL,
    rules: ['SEC-33'],
    see: { Requirements: 'results.md#requirements', 'JSON Web Tokens': '../packages/jwt/README.md' },
  },
  AUTHORIZER_ERROR: {
    contracts: ALL,
    rules: ['SEC-36', 'SEC-101', 'AWS-REST-10'],
    see: { 'Moving a function': 'moving-a-function.md', Observability: 'observability.md' },
  },
  AUTHORIZER_TIMEOUT: {
    contracts: ALL,
    rules: ['SEC-80', 'SEC-37'],
    see: { 'Deadline and the end of a call': 'moving-a-function.md#deadline-and-the-end-of-a-call' },
  },
  AUTHORIZER_UNREACHABLE: {
    contracts: [...AWS, ...HUAWEI],
    rules: ['SEC-80', 'SEC-85', 'SEC-87'],
    see: { 'Remote functions': 'remote-functions.md' },
  },
  AUTHORIZER_UNAVAILABLE: {
    contracts: ALL,
    rules: ['SEC-76', 'SEC-86', 'SEC-87'],
    see: { 'JSON Web Tokens': '../packages/jwt/README.md', 'Remote functions': 'remote-functions.md' },
  },
  BAD_RESULT: {
    contracts: ALL,
    rules: ['SEC-31', 'SEC-32', 'SEC-33', 'SEC-40', 'SEC-42', 'SEC-51'],
    see: { 'the option `compatibility`': 'options.md#compatibility-and-limits' },
  },
  BAD_MAPPED_VALUE: {
    contracts: ALL,
    rules: ['SEC-20', 'SEC-21'],
    see: { 'Context headers and parameter mapping': 'options.md#context-headers-and-parameter-mapping' },
  },
  NOT_GUARDED: { contracts: ALL, rules: ['SEC-14', 'SEC-107'], see: { Requirements: 'results.md#requirements' } },
  INTERNAL_ERROR: { contracts: ALL, rules: ['SEC-66', 'SEC-104'], see: { 'the trust boundary': 'trust-boundary.md' } },
  OVERLOADED: {
    contracts: ALL,
    rules: ['SEC-64', 'SEC-86', 'SEC-99'],
    see: { 'the options of an authorizer': 'options.md#authorizer' },
  },
  ABORTED: { contracts: ALL, rules: ['SEC-63', 'SEC-98'] },
}
