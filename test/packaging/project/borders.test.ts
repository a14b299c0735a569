import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../support/root.ts'

interface Border {
  readonly allowed: readonly string[]
  readonly rejected: readonly string[]
}

const core = ['', '/adapter', '/contract', '/node', '/fetch'].map((entry) => `@custom-authorizer/core${entry}`)
/** Modules of the kernel, each with the modules that it may import. */
const modules: Record<string, { readonly below: readonly string[]; readonly libraries?: readonly string[] }> = {
  mount: { below: ['authorizer', 'decision', 'cache', 'native', 'contract', 'request', 'util'] },
  shadow: { below: ['authorizer', 'decision', 'contract', 'request', 'util'] },
  authorizer: { below: ['decision', 'cache', 'native', 'contract', 'request', 'util'] },
  decision: { below: ['cache', 'native', 'contract', 'request', 'util'] },
  cache: { below: ['contract', 'request', 'util'], libraries: ['lru-cache'] },
  native: { below: ['contract', 'request', 'util'] },
  contract: { below: ['request', 'util'] },
  request: { below: ['util'], libraries: ['ipaddr.js'] },
  coverage: { below: ['util'] },
  util: { below: [] },
}
/** What the command line may import. */
const commandLine = [
  ...core,
  ...['aws', 'huawei', 'redis', 'remote', 'testing', 'usage-plan'].map((entry) => `@custom-authorizer/core/${entry}`),
  '@custom-authorizer/definitions',
  '@custom-authorizer/jwt',
]
/** What no part of the command line may import. */
const outside = ['@custom-authorizer/express', 'express', 'fs', 'hono', 'jose', 'playwright-core', 'yaml']
const foreign = ['fs', 'hono', '@aws-sdk/client-lambda']

const adapter = (...framework: readonly string[]): Border => ({
  allowed: ['./other.ts', ...core, ...framework],
  rejected: [
    '../../core/src/index.ts',
    '@custom-authorizer/core/aws',
    '@custom-authorizer/core/dist/index.js',
    '@custom-authorizer/core/src/index.ts',
    '@custom-authorizer/core/src/node/index.ts',
    '@custom-authorizer/other',
    '@hono/node-server',
    'lodash',
    'node:http',
  ],
})

/** Imports that the linter accepts and rejects in a file at this place. */
const borders: Record<string, Border> = {
  'core/src/index.ts': {
    allowed: ['./kernel/mount/mount.ts', './kernel/util/check.ts'],
    rejected: ['./aws/index.ts', './node/index.ts', './fetch.ts', 'lru-cache', 'node:fs', ...core, ...foreign],
  },
  ...Object.fromEntries(
    Object.entries(modules).map(([name, { below, libraries = [] }]): [string, Border] => [
      `core/src/kernel/${name}/file.ts`,
      {
        allowed: ['./other.ts', ...below.map((module) => `../${module}/other.ts`), ...libraries],
        rejected: [
          ...Object.keys(modules)
            .filter((module) => module !== name && !below.includes(module))
            .map((module) => `../${module}/other.ts`),
          '../../index.ts',
          '../../aws/index.ts',
          '../../fetch.ts',
          '../../node/index.ts',
          '../../../../express/src/index.ts',
          're2js',
          'node:fs',
          ...core,
          ...foreign,
        ],
      },
    ]),
  ),
  'core/src/fetch.ts': {
    allowed: ['./adapter.ts', './contract.ts', './index.ts'],
    rejected: ['./kernel/request/target.ts', './aws/index.ts', './node/index.ts', 'node:fs', ...foreign],
  },
  'core/src/aws/index.ts': {
    allowed: ['./rest/token.ts', './policy/evaluate.ts'],
    rejected: ['../index.ts', '../kernel/contract/contract.ts', 're2js', ...core, ...foreign],
  },
  'core/src/aws/rest/token.ts': {
    allowed: ['./other.ts', '../shared/other.ts', '../policy/match.ts', '../../contract.ts', '../../index.ts', 're2js'],
    rejected: [
      '../http-api/other.ts',
      '../web-socket/other.ts',
      '../index.ts',
      '../../kernel/contract/contract.ts',
      '../../huawei/index.ts',
      '../../fetch.ts',
      '../../node/index.ts',
      '../../../index.ts',
      'lru-cache',
      'node:fs',
      ...core,
      ...foreign,
    ],
  },
  'core/src/aws/policy/match.ts': {
    allowed: ['./other.ts', '../../contract.ts', '../../index.ts', 'ipaddr.js'],
    rejected: [
      '../shared/other.ts',
      '../rest/other.ts',
      '../../kernel/contract/contract.ts',
      '../../node/index.ts',
      'node:fs',
    ],
  },
  'core/src/huawei/contract.ts': {
    allowed: ['./other.ts', '../contract.ts', '../index.ts', 're2js'],
    rejected: ['../kernel/contract/contract.ts', '../aws/index.ts', '../node/index.ts', 'node:fs', ...core, ...foreign],
  },
  'core/src/node/index.ts': {
    allowed: ['./other.ts', '../adapter.ts', '../contract.ts', '../index.ts', 'node:http', 'node:fs/promises'],
    rejected: ['../kernel/contract/contract.ts', '../fetch.ts', '../aws/index.ts', 'lru-cache', ...foreign],
  },
  'core/src/node/socket/expiry.ts': {
    allowed: ['./other.ts', '../request.ts', '../../adapter.ts', '../../contract.ts', '../../index.ts', 'node:stream'],
    rejected: ['../../kernel/contract/contract.ts', '../../fetch.ts', '../../aws/index.ts', 'lru-cache', ...foreign],
  },
  'core/src/remote/index.ts': {
    allowed: ['./other.ts', '../contract.ts', '../index.ts'],
    rejected: [
      'cockatiel',
      '../kernel/contract/contract.ts',
      '../aws/index.ts',
      '../node/index.ts',
      'lru-cache',
      'node:http',
      ...core,
      ...foreign,
    ],
  },
  'core/src/usage-plan/index.ts': {
    allowed: ['./other.ts', './keys/other.ts', './sharing/other.ts', '../contract.ts', '../index.ts', 'lru-cache'],
    rejected: [
      '../kernel/contract/contract.ts',
      '../aws/index.ts',
      '../node/index.ts',
      'node:crypto',
      ...core,
      ...foreign,
    ],
  },
  'core/src/usage-plan/keys/counter-name.ts': {
    allowed: ['./other.ts', '../store.ts', '../../contract.ts', '../../index.ts', 'lru-cache'],
    rejected: ['../../kernel/contract/contract.ts', '../../aws/index.ts', 'node:crypto', ...foreign],
  },
  'core/src/redis/index.ts': {
    allowed: ['./other.ts', './client/other.ts', '../contract.ts', '../index.ts'],
    rejected: [
      '../kernel/contract/contract.ts',
      '../node/index.ts',
      'node:fs',
      'ioredis',
      'redis',
      ...core,
      ...foreign,
    ],
  },
  'core/src/redis/results/mark.ts': {
    allowed: ['./other.ts', '../client/other.ts', '../../contract.ts', '../../usage-plan/index.ts', 'node:crypto'],
    rejected: [
      '../../kernel/contract/contract.ts',
      '../../usage-plan/store.ts',
      'node:fs',
      'ioredis',
      'redis',
      ...foreign,
    ],
  },
  'core/src/testing/index.ts': {
    allowed: ['./other.ts', './suites/other.ts', '../contract.ts', '../index.ts'],
    rejected: ['../kernel/contract/contract.ts', '../redis/index.ts', 'vitest', 'node:assert', ...core, ...foreign],
  },
  'core/src/testing/suites/store-suite.ts': {
    allowed: ['./other.ts', '../request.ts', '../../contract.ts', '../../index.ts', '../../usage-plan/index.ts'],
    rejected: ['../../kernel/cache/store.ts', '../../redis/index.ts', 'vitest', 'node:assert', ...core, ...foreign],
  },
  'express/src/index.ts': adapter('express'),
  'koa/src/index.ts': adapter('koa'),
  'hono/src/index.ts': adapter('hono', 'hono/factory'),
  'jwt/src/index.ts': {
    allowed: ['./other.ts', '@custom-authorizer/core', '@custom-authorizer/core/contract', 'jose'],
    rejected: [
      '../../core/src/index.ts',
      '@custom-authorizer/core/aws',
      '@custom-authorizer/core/node',
      '@custom-authorizer/express',
      'jose/jwks/remote',
      'node:crypto',
      ...foreign,
    ],
  },
  'cli/src/main.ts': {
    allowed: ['./invoke/command.ts', ...commandLine, 'node:util', 'httpxy'],
    rejected: ['../../core/src/index.ts', '@custom-authorizer/core/dist/index.js', ...outside],
  },
  'cli/src/invoke/command.ts': {
    allowed: [
      './other.ts',
      '../host.ts',
      '../arguments/parse.ts',
      '../handler/load.ts',
      '../output/json.ts',
      '../inspector/index.ts',
      ...commandLine,
      'node:fs',
      'httpxy',
    ],
    rejected: ['../explain/command.ts', '../inspector/access.ts', '../../../core/src/index.ts', ...outside],
  },
  'cli/src/inspector/index.ts': {
    allowed: ['./access.ts', './client/page.ts', ...core, '@custom-authorizer/core/usage-plan', 'node:http'],
    rejected: [
      '../main.ts',
      '../output/json.ts',
      '../invoke/command.ts',
      '@custom-authorizer/definitions',
      'httpxy',
      ...outside,
    ],
  },
}

let directory: string
let rejected: Set<string>

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'borders-'))
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8')
  writeFileSync(join(directory, '.oxlintrc.json'), config.replace('"typeAware": true', '"typeAware": false'))
  for (const [path, { allowed, rejected: bad }] of Object.entries(borders)) {
    const file = join(directory, 'packages', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, [...allowed, ...bad].map((name) => `import '${name}'\n`).join(''))
  }
  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
  const output = await promisify(execFile)(process.execPath, [oxlint, '--format=unix', 'packages'], { cwd: directory })
    .then(({ stdout }) => stdout)
    .catch((error: { stdout: string }) => error.stdout)
  rejected = new Set(
    Array.from(
      output.matchAll(/^packages\/(\S+?):\d+:\d+: '(\S+)' import is restricted/gm),
      ([, file, name]) => `${file} ${name}`,
    ),
  )
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(Object.entries(borders))('%s may import only what its border allows', (path, border) => {
  const found = [...border.allowed, ...border.rejected].filter((name) => rejected.has(`${path} ${name}`))
  expect(found).toEqual(border.rejected)
})
