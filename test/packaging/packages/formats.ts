/** ES modules and CommonJS in one process: `require` and `import` load the same code. @module */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Project } from './project.ts'

const program = join(import.meta.dirname, 'consumer', 'copies.mjs')
const ADMIN = { principalId: 'alice', context: expect.objectContaining({ role: 'admin' }) as object }

/** Ways to run Node.js. Without `require` for ES modules it has the conditions that Jest and old tools have. */
const PROCESSES: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['Node.js', []],
  ['Node.js without require for ES modules', ['--no-experimental-require-module']],
]

interface Copies {
  readonly different: readonly string[]
  readonly exchanges: Readonly<Record<string, Readonly<Record<string, readonly [status: number, body: string]>>>>
}

/** Compares the functions that `require` and `import` return. */
const MIXED = `
import * as imported from '@custom-authorizer/core'
import { getAuthorizer } from '@custom-authorizer/express'
const required = require('@custom-authorizer/core')
console.log(JSON.stringify([
  imported.createAuthorizer === required.createAuthorizer,
  imported.AuthorizerError === required.AuthorizerError,
  getAuthorizer === require('@custom-authorizer/express').getAuthorizer,
]))
`

/** A guard of one copy, and accessors of another, loaded by path. */
const SEPARATE = `
import { createRequire } from 'node:module'
import { createServer } from 'node:http'
const folder = './node_modules/@custom-authorizer/core/dist'
const copies = [await import(folder + '/node/index.js'), createRequire(import.meta.url)(folder + '/cjs/node/index.js')]
const seen = []
for (const [own, other] of [copies, copies.toReversed()]) {
  const guard = own.customAuthorizer(() => ({ isAuthorized: true, principalId: 'alice', context: { role: 'admin' } }))
  const require = other.requireContext({ role: 'admin' })
  const codeOf = (read) => { try { return read() } catch (error) { return error.code } }
  const server = createServer((req, res) => guard(req, res, () => {
    seen.push(own.getAuthorizer(req).principalId, codeOf(() => other.getAuthorizer(req)))
    require(req, res, () => res.end('reached'))
  }))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { status } = await fetch('http://127.0.0.1:' + server.address().port, { headers: { connection: 'close' } })
  seen.push(status)
  await new Promise((resolve) => server.close(resolve))
}
console.log(JSON.stringify(seen))
`

export const formatTests = (project: Project): void => {
  describe.each(PROCESSES)('%s', (_, flags) => {
    let copies: Copies
    beforeAll(async () => {
      project.write('copies.mjs', readFileSync(program, 'utf8'))
      const print = "import('./copies.mjs').then((copies) => console.log(JSON.stringify(copies)))"
      copies = JSON.parse(await project.node([...flags, '--eval', print])) as Copies
    }, 60_000)

    test('SEC-121 require and import return the same functions and classes', () => {
      expect(copies.different).toEqual([])
    })

    test.each(['required', 'imported'])('SEC-121 a guard that is %s works with the other copy', (guarding) => {
      const seen = copies.exchanges[guarding] ?? {}
      for (const name of ['function', 'authorizer', 'composition', 'jwt']) {
        const [status, body] = seen[name] ?? []
        expect([name, status, JSON.parse(body ?? 'null')]).toEqual([name, 200, [ADMIN, ADMIN]])
      }
      expect(seen['unauthorized']?.[0]).toBe(401)
      expect(seen['forged']?.[0]).toBe(401)
    })

    test.each(['required', 'imported'])('SEC-121 an AuthorizerError of either copy is recognized: %s', (guarding) => {
      // With `failureMode: 'allow'` an outage lets the request pass; an unknown error gives 500.
      expect(copies.exchanges[guarding]?.['outage']).toEqual([200, '"open"'])
      expect(copies.exchanges[guarding]?.['error']).toBe(true)
    })
  })

  test('SEC-28 SEC-121 a request that one copy has authorized is not authorized for another copy', async () => {
    project.write('separate.mjs', SEPARATE)
    const rejected = ['alice', 'ERR_NOT_AUTHORIZED', 500]
    expect(JSON.parse(await project.node(['separate.mjs']))).toEqual([...rejected, ...rejected])
  })

  test.each(['node', 'browser'] as const)('SEC-121 a bundle for %s has one copy', async (platform) => {
    project.write('mixed.mjs', MIXED)
    const build = await rolldown({
      cwd: project.folder,
      input: 'mixed.mjs',
      platform,
      external: [/^node:/],
      logLevel: 'silent',
      // The packages of the host are linked.
      resolve: { symlinks: false },
    })
    const file = `bundled-${platform}.mjs`
    const { output } = await build.write({ file: join(project.folder, file), format: 'esm' })
    await build.close()
    expect(Object.keys(output[0].modules).filter((path) => path.includes('/dist/cjs/'))).toEqual([])
    expect(JSON.parse(await project.node([file]))).toEqual([true, true, true])
  })
}
