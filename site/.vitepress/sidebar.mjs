// The pages in the order of the sidebar. A test compares the entries with the files.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const docs = join(import.meta.dirname, '..', '..', 'docs')

const group = (text, entries) => ({
  text,
  items: Object.entries(entries).map(([path, title]) => ({ text: title, link: `/${path}` })),
})

/** One entry for each generated page of a folder. */
const codes = (folder) =>
  Object.fromEntries(
    readdirSync(join(docs, folder))
      .map((name) => name.replace('.md', ''))
      .sort()
      .map((code) => [`${folder}/${code}`, code]),
  )

const GUIDE = [
  group('Getting started', {
    'start/express': 'Express',
    'start/koa': 'Koa',
    'start/hono': 'Hono',
    'start/node-http': 'node:http',
    installing: 'Installing',
    examples: 'Examples',
  }),
  group('Authorizers', {
    'lambda-authorizers': 'Lambda',
    'function-graph-authorizers': 'FunctionGraph',
    'native-authorizers': 'Write an authorizer',
    jwt: 'JSON Web Tokens',
    'remote-functions': 'Remote functions',
    'moving-a-function': 'Moving a function',
    'shadow-mode': 'Comparing two authorizers',
    'gateway-settings': 'Gateway settings',
  }),
  group('From a definition', {
    'definitions/index': 'Overview',
    'definitions/formats': 'Formats',
    'definitions/guarding': 'guardApi',
    'leaving-api-gateway': 'Leaving API Gateway',
  }),
  group('Using the result', {
    results: 'Reading the result',
    caching: 'Caching',
    sessions: 'Sessions and c.env',
    'usage-plans': 'Usage plans',
    'several-processes': 'Several processes',
    browsers: 'Browsers',
  }),
  group('Running it', {
    'trust-boundary': 'The trust boundary',
    'behind-a-proxy': 'Behind a proxy',
    observability: 'Observability',
    inspector: 'The inspector',
    performance: 'Performance',
    testing: 'Testing an authorizer',
    'existing-services': 'Two existing services',
    'commonjs-and-typescript': 'CommonJS and TypeScript',
  }),
  group('Command line', {
    'command-line/index': 'Overview',
    'command-line/import': 'import',
    'command-line/invoke': 'invoke',
    'command-line/explain': 'explain',
    'command-line/serve': 'serve',
  }),
  group('Extending it', {
    'guides/contract': 'Writing a contract',
    'guides/store': 'Writing a store',
    'guides/usage-store': 'Writing a usage store',
    'guides/adapter': 'Writing an adapter',
  }),
  group('Looking things up', {
    options: 'Options',
    denials: 'Denial reasons',
    errors: 'Error codes',
    'api/index': 'API reference',
    glossary: 'Glossary',
    comparison: 'Comparison',
    'specification/index': 'Specification',
  }),
]

const CODES = [
  group('Denial reasons', { denials: 'All denial reasons', ...codes('denials') }),
  group('Error codes', { errors: 'All error codes', ...codes('errors') }),
]

const API = [
  group('API reference', {
    'api/index': 'All modules',
    'api/@custom-authorizer/core': 'core',
    'api/@custom-authorizer/core/aws': 'core/aws',
    'api/@custom-authorizer/core/huawei': 'core/huawei',
    'api/@custom-authorizer/core/remote': 'core/remote',
    'api/@custom-authorizer/core/usage-plan': 'core/usage-plan',
    'api/@custom-authorizer/core/redis': 'core/redis',
    'api/@custom-authorizer/core/testing': 'core/testing',
    'api/@custom-authorizer/core/node': 'core/node',
    'api/@custom-authorizer/core/fetch': 'core/fetch',
    'api/@custom-authorizer/core/contract/index': 'core/contract',
    'api/@custom-authorizer/core/contract/namespaces/check': 'core/contract: check',
    'api/@custom-authorizer/core/adapter/index': 'core/adapter',
    'api/@custom-authorizer/core/adapter/namespaces/coverage': 'core/adapter: coverage',
    'api/@custom-authorizer/express': 'express',
    'api/@custom-authorizer/koa': 'koa',
    'api/@custom-authorizer/hono': 'hono',
    'api/@custom-authorizer/jwt': 'jwt',
    'api/@custom-authorizer/definitions': 'definitions',
    'api/@custom-authorizer/cli': 'cli',
  }),
]

const SPECIFICATION = [
  group('Specification', { 'specification/index': 'Overview' }),
  group('Amazon API Gateway', {
    'specification/aws/overview': 'Overview',
    'specification/aws/identity-sources': 'Identity sources',
    'specification/aws/functions': 'Calling the function',
    'specification/aws/events': 'Events',
    'specification/aws/results': 'Results',
    'specification/aws/policies': 'Policies',
    'specification/aws/caching': 'Caching',
    'specification/aws/responses': 'Responses',
    'specification/aws/gateway-responses': 'Gateway responses',
    'specification/aws/context': 'Context',
    'specification/aws/jwt-authorizers': 'JWT authorizers',
    'specification/aws/usage-plans': 'API keys and usage plans',
    'specification/aws/websocket': 'WebSocket APIs',
    'specification/aws/quotas': 'Quotas and timeouts',
    'specification/aws/definition-formats': 'Definition formats',
    'specification/aws/pitfalls': 'Disagreements and pitfalls',
    'specification/aws/conformance-vectors': 'Conformance vectors',
  }),
  group('Huawei Cloud APIG', { 'specification/huawei-apig': 'FunctionGraph authorizers' }),
  group('Definition files', {
    'specification/definitions/overview': 'Overview',
    'specification/definitions/openapi': 'OpenAPI',
    'specification/definitions/cloudformation': 'CloudFormation and CDK',
    'specification/definitions/sam': 'SAM',
    'specification/definitions/serverless': 'serverless.yml',
    'specification/definitions/terraform': 'Terraform and others',
    'specification/definitions/values': 'Values and findings',
    'specification/definitions/mounting': 'Command line and mounting',
    'specification/definitions/input': 'Hostile input',
    'specification/definitions/sources': 'Requests and vectors',
  }),
  group('Security', {
    'specification/security/model': 'Model and fixture',
    'specification/security/requests': 'Requests and injected headers',
    'specification/security/results-and-policies': 'Results and policies',
    'specification/security/caching': 'Caching and shared calls',
    'specification/security/jwt': 'JWT verification',
    'specification/security/remote-functions': 'Remote functions',
    'specification/security/browsers': 'Credentials of browsers',
    'specification/security/operation': 'Operation',
    'specification/security/adapters-and-releases': 'Adapters and releases',
    'specification/security/inspector': 'The inspector',
    'specification/security/sources': 'Test inputs and sources',
  }),
  group('Fleet', {
    'specification/fleet/usage-plans': 'Usage plans',
    'specification/fleet/counting': 'Counting',
    'specification/fleet/shared-results': 'Shared results',
    'specification/fleet/key-vectors': 'Key vectors',
    'specification/fleet/faults': 'Fault table',
    'specification/fleet/sources': 'Sources',
  }),
]

/** The sidebar by the beginning of a page's address. */
export const sidebar = {
  '/denials': CODES,
  '/errors': CODES,
  '/api/': API,
  '/specification/': SPECIFICATION,
  '/': GUIDE,
}
