/** A bundle still checks request targets: bundlers have removed checks that they considered free of side effects. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { GatewayRequest } from '@custom-authorizer/core'
import type { GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { afterAll, describe, expect, test } from 'vitest'
import { bundle } from '../../support/vite.ts'
import { root } from '../../support/root.ts'

interface Bundled {
  readonly GatewayRequest: new (init: GatewayRequestInit) => GatewayRequest
}

const folder = mkdtempSync(join(tmpdir(), 'bundled-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = async (minify: boolean): Promise<Bundled> => {
  const outDir = join(folder, String(minify))
  await bundle({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'packages', 'core', 'src', 'contract.ts'),
      outDir,
      minify,
      rolldownOptions: { output: { entryFileNames: 'core.mjs' } },
    },
  })
  return (await import(/* @vite-ignore */ pathToFileURL(join(outDir, 'core.mjs')).href)) as Bundled
}

const TARGETS: readonly (readonly [target: string, problem: string | undefined])[] = [
  ['/pets', undefined],
  ['/caf%C3%A9', undefined],
  ['/%ff', 'MALFORMED_ESCAPE'],
  ['/%c0%af', 'MALFORMED_ESCAPE'],
  ['/%ed%a0%80', 'MALFORMED_ESCAPE'],
  ['/%f0%9f/%a6%93', 'MALFORMED_ESCAPE'],
  ['/%zz', 'MALFORMED_ESCAPE'],
  ['/a//b', 'EMPTY_SEGMENT'],
  ['/a/%2e%2e/b', 'DOT_SEGMENT'],
  ['/a\\b', 'BACKSLASH'],
  ['/a%00', 'CONTROL_CHARACTER'],
  ['/a#b', 'FRAGMENT'],
  ['http://a@b/', 'AUTHORITY'],
  ['pets', 'TARGET_FORM'],
]

describe.each([false, true])('a bundle, minified: %s', (minify) => {
  test('SEC-01 SEC-07 rejects every target that the library rejects', async () => {
    const { GatewayRequest: Request } = await load(minify)
    const problems = TARGETS.map(([target]) => {
      const { problem } = new Request({
        method: 'GET',
        target,
        rawHeaders: ['Host', 'h'],
        httpVersion: '1.1',
        peer: () => undefined,
        routing: { caseSensitive: true, strict: true },
      })
      return [target, problem]
    })
    expect(problems).toEqual(TARGETS)
  })
})
