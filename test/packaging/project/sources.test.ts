import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
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

/** What must not stand in sources, where, and the files that have a reason to. */
const rules: readonly (readonly [rule: string, where: RegExp, pattern: RegExp, exceptions: readonly string[]])[] = [
  ['SEC-16 nothing is normalised a second time', /^/, /\.normalize\s*\(/, []],
  ['SEC-16 nothing depends on a locale', /^/, /toLocale|localeCompare|\bIntl\b/, []],
  [
    'SEC-16 no regular expression folds beyond ASCII',
    /^core\//,
    /\/[dgimsuvy]*(?:iu|ui|iv|vi)[dgimsuvy]*(?=[.,;)\s])/,
    [],
  ],
  ['SEC-45 SEC-96 no text becomes a regular expression', /^/, /\bRegExp\s*\(/, ['core/src/kernel/mount/skip.ts']],
  ['SEC-45 policies are matched without regular expressions', /^core\/src\/aws\/policy\//, /\bRegExp\b/, []],
  ['SEC-80 SEC-83 TLS is verified', /^/, /rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/, []],
  ['SEC-106 no environment is read', /^/, /process\s*\.\s*env|import\.meta\.env|Deno\.env/, []],
  // Its diagnostics channels, and the working directory, which only shortens the paths of a log line.
  [
    'SEC-106 the kernel knows two things of its process',
    /^core\/src\/kernel\//,
    /\bprocess\b/,
    ['core/src/kernel/decision/channel.ts', 'core/src/kernel/decision/failure.ts'],
  ],
  ['SEC-101 only one file writes to a console', /^/, /\bconsole\b/, ['core/src/kernel/util/logger.ts']],
  ['SEC-29 headers are never read through headersDistinct', /^/, /\.(?:headers|trailers)Distinct\b/, []],
  [
    'SEC-111 SEC-112 frameworks’ own views decide nothing',
    /^(?:express|koa)\//,
    /\b(?:req|request|ctx)\.(?:query|ip|ips|host|hostname|subdomains|protocol|secure)\b/,
    [],
  ],
  ['SEC-34 nothing is merged into a prototype', /^/, /Object\.assign\(\{\}|__proto__\s*[:=]|\.prototype\s*=/, []],
  ['no code is made from text', /^/, /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|node:vm|node:child_process/, []],
  ['INV-3 nothing is switched off by a mark left for later', /^/, /\b(?:TODO|FIXME|XXX|HACK)\b/, []],
]
describe.each(rules)('%s', (_, where, pattern, exceptions) => {
  test('anywhere', () => {
    const offending = sources.filter(([path, code]) => where.test(path) && pattern.test(code)).map(([path]) => path)
    expect(offending).toEqual(exceptions)
  })
})

test('the sources are there, and comments are not looked at', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(withoutComments('a /* eval( */ b // eval(\nc')).toBe('a  b \nc')
  expect(withoutComments("const url = 'http://h/*' // x")).toBe("const url = 'http://h/*' ")
  expect(withoutComments('const odd = /["`/*]/g // x')).toBe('const odd = /["`/*]/g ')
  for (const [path, code] of sources) expect(code.length, path).toBeGreaterThan(50)
})

test('SEC-13 SEC-45 the one regular expression that is built comes from an option, anchored', () => {
  const built = sources.flatMap(([path, code]) =>
    [...code.matchAll(/new RegExp\([^\n]*/g)].map(([text]) => `${path}: ${text}`),
  )
  expect(built).toEqual(['core/src/kernel/mount/skip.ts: new RegExp(`^(?:${rule.source})$`, rule.flags)'])
})

test('SEC-28 what one middleware tells the next is under a symbol that no other module holds', () => {
  const [, attachment = ''] = sources.find(([path]) => path === 'core/src/kernel/mount/attachment.ts') ?? []
  expect(attachment).toMatch(/const KEY: unique symbol = Symbol\('custom-authorizer'\)/)
  expect(attachment).not.toMatch(/export (?:const|\{)[^\n]*\bKEY\b/)
  expect(sources.filter(([, code]) => /Symbol\.for\s*\(/.test(code))).toEqual([])
})

test('every source says in its first line what it is for', () => {
  const folder = join(root, 'packages')
  const silent = sources
    .map(([path]) => path)
    .filter((path) => !readFileSync(join(folder, path), 'utf8').startsWith('/**'))
  expect(silent).toEqual([])
})
