import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Border {
  readonly allowed: readonly string[]
  readonly refused: readonly string[]
}

const libraries = ['ipaddr.js', 'lru-cache', 're2js']
const core = ['@custom-authorizer/core', '@custom-authorizer/core/node', '@custom-authorizer/core/fetch']
const foreign = ['fs', 'hono', '@aws-sdk/client-lambda']

const adapter = (...framework: readonly string[]): Border => ({
  allowed: ['./other.ts', ...core, ...framework],
  refused: [
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

/** What a file at this place may import, and what the linter has to refuse there. */
const borders: Record<string, Border> = {
  'core/src/kernel.ts': {
    allowed: ['./other.ts', ...libraries],
    refused: [
      './aws/index.ts',
      './aws/policy/match.ts',
      './fetch.ts',
      './node/index.ts',
      '../../express/src/index.ts',
      '@custom-authorizer/core',
      'node:fs',
      ...foreign,
    ],
  },
  'core/src/fetch.ts': {
    allowed: ['./index.ts'],
    refused: ['./request.ts', './aws/index.ts', './node/index.ts', 'node:fs', ...foreign],
  },
  'core/src/aws/contract.ts': {
    allowed: ['./other.ts', './policy/match.ts', '../index.ts', ...libraries],
    refused: ['../contract.ts', '../fetch.ts', '../node/index.ts', '../../index.ts', 'node:fs', ...core, ...foreign],
  },
  'core/src/aws/policy/match.ts': {
    allowed: ['./other.ts', '../other.ts', '../../index.ts', ...libraries],
    refused: ['../../contract.ts', '../../node/index.ts', '../../../index.ts', 'node:fs', ...core, ...foreign],
  },
  'core/src/node/index.ts': {
    allowed: ['./other.ts', '../index.ts', 'node:http', 'node:fs/promises'],
    refused: ['../contract.ts', '../fetch.ts', '../aws/index.ts', 'lru-cache', ...foreign],
  },
  'core/src/remote/index.ts': {
    allowed: ['./other.ts', '../index.ts', 'cockatiel'],
    refused: ['../contract.ts', '../aws/index.ts', '../node/index.ts', 'lru-cache', 'node:http', ...core, ...foreign],
  },
  'express/src/index.ts': adapter('express'),
  'koa/src/index.ts': adapter('koa'),
  'hono/src/index.ts': adapter('hono', 'hono/factory'),
  'jwt/src/index.ts': {
    allowed: ['./other.ts', '@custom-authorizer/core', 'jose'],
    refused: [
      '../../core/src/index.ts',
      '@custom-authorizer/core/aws',
      '@custom-authorizer/core/node',
      '@custom-authorizer/express',
      'jose/jwks/remote',
      'node:crypto',
      ...foreign,
    ],
  },
}

const root = join(import.meta.dirname, '..', '..')
let directory: string
let refused: Set<string>

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'borders-'))
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8')
  writeFileSync(join(directory, '.oxlintrc.json'), config.replace('"typeAware": true', '"typeAware": false'))
  for (const [path, { allowed, refused: bad }] of Object.entries(borders)) {
    const file = join(directory, 'packages', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, [...allowed, ...bad].map((name) => `import '${name}'\n`).join(''))
  }
  const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
  const output = await promisify(execFile)(process.execPath, [oxlint, '--format=unix', 'packages'], { cwd: directory })
    .then(({ stdout }) => stdout)
    .catch((error: { stdout: string }) => error.stdout)
  refused = new Set(
    Array.from(
      output.matchAll(/^packages\/(\S+?):\d+:\d+: '(\S+)' import is restricted/gm),
      ([, file, name]) => `${file} ${name}`,
    ),
  )
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(Object.entries(borders))('%s imports only what its border allows', (path, border) => {
  const found = [...border.allowed, ...border.refused].filter((name) => refused.has(`${path} ${name}`))
  expect(found).toEqual(border.refused)
})
