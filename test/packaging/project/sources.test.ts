import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'
import { withoutComments } from '../../support/without-comments.ts'
import { root } from '../../support/root.ts'

/** Sources of the packages: path from `packages`, and text without comments. */
const sources: readonly (readonly [path: string, code: string])[] = readdirSync(join(root, 'packages')).flatMap(
  (name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file): [string, string] => [
        relative(join(root, 'packages'), file).split(sep).join('/'),
        withoutComments(readFileSync(file, 'utf8')),
      ]),
)

/**
 * Sources without the constants that join header names of the table in `kernel/util/http-headers.ts` to a regular expression:
 * nothing else is interpolated in them.
 */
const HEADER_TABLES =
  /^const [A-Z_]+ = new RegExp\(\s*`(?:[^`$\\]|\\[^]|\$(?!\{)|\$\{(?:\[\.\.\.headersFor\([^()]*\)\]|FRAMING)\.join\('\|'\)\})*`,?\s*(?:'i',?\s*)?\)$/gm
const withoutTables = (code: string): string => code.replaceAll(HEADER_TABLES, '')

/** Patterns that sources must not contain, where, and the files that have a reason to. */
const rules: readonly (readonly [rule: string, where: RegExp, pattern: RegExp, exceptions: readonly string[]])[] = [
  ['SEC-16 sources do not normalize text', /^/, /\.normalize\s*\(/, []],
  ['SEC-16 sources do not depend on the locale', /^/, /toLocale|localeCompare|\bIntl\b/, []],
  [
    'SEC-16 regular expressions ignore case for ASCII only',
    /^core\//,
    /\/[dgimsuvy]*(?:iu|ui|iv|vi)[dgimsuvy]*(?=[.,;)\s])/,
    [],
  ],
  [
    'SEC-45 SEC-96 regular expressions are not built from text',
    /^/,
    /\bRegExp\s*\(/,
    ['core/src/kernel/mount/skip.ts'],
  ],
  ['SEC-45 policies are matched without regular expressions', /^core\/src\/aws\/policy\//, /\bRegExp\b/, []],
  [
    'SEC-80 SEC-83 sources do not disable TLS verification',
    /^/,
    /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/,
    // Warns about clients that disable it.
    ['core/src/redis/client/client-warnings.ts'],
  ],
  [
    'SEC-106 sources do not read environment variables',
    /^/,
    /process\s*\.\s*env|import\.meta\.env|Deno\.env/,
    // Whether a terminal shows colours: NO_COLOR and TERM.
    ['cli/src/bin.ts'],
  ],
  [
    'SEC-106 one file of the command line uses process',
    /^cli\/src\/(?!inspector\/)/,
    /\bprocess\b/,
    ['cli/src/bin.ts'],
  ],
  // The modules of Node.js, and the working directory, which only shortens the paths of a log line.
  [
    'SEC-106 two kernel files use process',
    /^core\/src\/kernel\//,
    /\bprocess\b/,
    ['core/src/kernel/decision/failure.ts', 'core/src/kernel/runtime/node-builtin.ts'],
  ],
  ['SEC-101 only the logger uses console', /^/, /\bconsole\b/, ['core/src/kernel/util/logger.ts']],
  ['SEC-29 sources do not read headersDistinct', /^/, /\.(?:headers|trailers)Distinct\b/, []],
  [
    'SEC-111 SEC-112 adapters do not read parsed views of the framework',
    /^(?:express|koa)\//,
    /\b(?:req|request|ctx)\.(?:query|ip|ips|host|hostname|subdomains|protocol|secure)\b/,
    [],
  ],
  ['SEC-34 sources do not write to prototypes', /^/, /Object\.assign\(\{\}|__proto__\s*[:=]|\.prototype\s*=/, []],
  [
    'sources do not evaluate text as code',
    /^/,
    /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|node:vm|node:child_process/,
    [],
  ],
  ['INV-3 sources contain no TODO', /^/, /\b(?:TODO|FIXME|XXX|HACK)\b/, []],
]
test.each(rules)('%s', (_, where, pattern, exceptions) => {
  const offending = sources
    .filter(([path, code]) => where.test(path) && pattern.test(withoutTables(code)))
    .map(([path]) => path)
  expect(offending).toEqual(exceptions)
})

test('the source checks read all sources and ignore comments', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(withoutComments('a /* eval( */ b // eval(\nc')).toBe('a  b \nc')
  expect(withoutComments("const url = 'http://h/*' // x")).toBe("const url = 'http://h/*' ")
  expect(withoutComments('const odd = /["`/*]/g // x')).toBe('const odd = /["`/*]/g ')
  for (const [path, code] of sources) expect(code.length, path).toBeGreaterThan(50)
})

test('SEC-13 SEC-45 the only regular expression that is built comes from an option and is anchored', () => {
  const built = sources.flatMap(([path, code]) =>
    [...withoutTables(code).matchAll(/new RegExp\([^\n]*/g)].map(([text]) => `${path}: ${text}`),
  )
  expect(built).toEqual(['core/src/kernel/mount/skip.ts: new RegExp(`^(?:${rule.source})$`, rule.flags)'])
})

test('SEC-28 results are attached to requests under a symbol that no other module can access', () => {
  const [, attachment = ''] = sources.find(([path]) => path === 'core/src/kernel/mount/attachment.ts') ?? []
  expect(attachment).toMatch(/const KEY: unique symbol = Symbol\('custom-authorizer'\)/)
  expect(attachment).not.toMatch(/export (?:const|\{)[^\n]*\bKEY\b/)
  expect(sources.filter(([, code]) => /Symbol\.for\s*\(/.test(code))).toEqual([])
})

test('every source starts with a header comment', () => {
  const folder = join(root, 'packages')
  const silent = sources
    .map(([path]) => path)
    .filter((path) => !/^(?:#!.*\n)?\/\*\*/.test(readFileSync(join(folder, path), 'utf8')))
  expect(silent).toEqual([])
})

test('no source has more than 250 lines, and no folder more than 15 sources', () => {
  const folder = join(root, 'packages')
  const linesOf = (path: string): number => readFileSync(join(folder, path), 'utf8').trimEnd().split('\n').length
  expect(sources.map(([path]) => path).filter((path) => linesOf(path) > 250)).toEqual([])
  const counts = new Map<string, number>()
  for (const [path] of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > 15)).toEqual([])
})

/**
 * Where the compiler has to be told a type: the context type of an authorizer, which no value has (`contextType`), data that
 * was checked just before, and members of a framework that its types do not declare.
 */
const CASTS = {
  'the context type of an authorizer': [
    'core/src/huawei/both.ts',
    'core/src/kernel/authorizer/compose.ts',
    'core/src/kernel/mount/attachment.ts',
    'core/src/kernel/mount/mount.ts',
    'core/src/kernel/shadow/shadow.ts',
    'core/src/node/run-mount.ts',
    'core/src/usage-plan/usage-plan.ts',
    'definitions/src/mounting/authorizers.ts',
    'hono/src/run-mount.ts',
    'jwt/src/aws-jwt-authorizer.ts',
    'jwt/src/jwt-authorizer.ts',
  ],
  'data that was checked just before': [
    'core/src/huawei/backend-parameters.ts',
    'core/src/kernel/authorizer/merge-results.ts',
    'core/src/kernel/contract/gateway-response.ts',
    'core/src/kernel/native/read-answer.ts',
  ],
  'undeclared members of a framework': [
    'express/src/assert-guarded.ts',
    'express/src/mounted-route.ts',
    'express/src/router.ts',
    'hono/src/assert-guarded.ts',
  ],
}

test('only documented files cast through unknown', () => {
  const casting = sources.filter(([, code]) => code.includes('as unknown as')).map(([path]) => path)
  expect(casting.toSorted()).toEqual(Object.values(CASTS).flat().toSorted())
})
