/** The installed program `custom-authorizer`, as a process. @module */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from 'vitest'
import { cleanEnvironment, type Project, readManifest } from './project.ts'

const NAME = '@custom-authorizer/cli'

const FILES = {
  'allow.mjs': `
    console.log('from console.log')
    process.stdout.write('from process.stdout\\n')
    export const handler = () => ({ isAuthorized: true, principalId: 'ann' })`,
  'deny.cjs': 'exports.handler = () => false',
  'ends.mjs': 'export const handler = () => process.exit(0)',
  'never.mjs': 'export const handler = () => new Promise(() => {})',
  'waits.mjs': 'export const handler = () => true\nawait new Promise(() => {})',
  'open.mjs': 'setInterval(() => {}, 1000)\nexport const handler = () => true',
  'late.mjs': `export const handler = () => { setTimeout(() => { throw new TypeError('late \\u001b[31m') }); return new Promise(() => {}) }`,
  'rejects.mjs': `export const handler = () => { void Promise.reject(new Error('forgotten')); return new Promise(() => {}) }`,
  'typed.mts': 'export const handler = (): boolean => true',
  'long.mjs': `export const handler = () => ({ isAuthorized: true, context: { text: 'x'.repeat(200_000) } })`,
  'policy.json': JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const commandLineTests = (project: Project): void => {
  const folder = join(project.folder, 'command-line')
  const start = (args: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(project.folder, 'node_modules', '.bin', 'custom-authorizer'), ...args], {
      cwd: folder,
      env: cleanEnvironment(),
    })
  const run = async (args: readonly string[], stdin: string = ''): Promise<Ended> => {
    const child = start(args)
    child.stdin.end(stdin)
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = (await once(child, 'exit')) as [number | null]
    const [stdout, stderr] = await output
    return { code, stdout, stderr }
  }
  const invoke = (file: string, ...args: readonly string[]): Promise<Ended> =>
    run(['invoke', file, '--contract', 'native', ...args])

  beforeAll(() => {
    for (const [name, content] of Object.entries(FILES)) project.write(join('command-line', name), content)
  })

  test('is linked, and prints the version of its package', async () => {
    const { version } = readManifest(project.installed(NAME))
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('prints its help without escape codes into a pipe', async () => {
    const { code, stdout, stderr } = await run(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: custom-authorizer COMMAND')
    expect(stdout).not.toContain('\u001b')
  })

  test('keeps output of the handler apart from the result', async () => {
    const { code, stdout, stderr } = await invoke('allow.mjs', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, allowed: true })
    expect([code, stderr]).toEqual([0, 'from console.log\nfrom process.stdout\n'])
  })

  test('exits with 1 if the request is denied, and with 2 if it cannot run', async () => {
    expect((await invoke('deny.cjs')).code).toBe(1)
    const missing = await invoke('missing.mjs')
    expect([missing.code, missing.stdout]).toEqual([2, ''])
    expect(missing.stderr).toContain('missing.mjs does not exist')
  })

  test('reads a policy from standard input', async () => {
    const { code, stdout } = await run(['explain', '-', '--path', '/pets'], FILES['policy.json'])
    expect([code, stdout.split(':')[0]]).toEqual([0, 'Allowed'])
  })

  test('loads TypeScript, or says why not', async () => {
    const loads = (process.features as { readonly typescript?: string | false }).typescript !== undefined
    const { code, stderr } = await invoke('typed.mts')
    expect(code).toBe(loads ? 0 : 2)
    if (!loads) expect(stderr).toContain('typed.mts is TypeScript, which this Node.js does not load')
  })

  describe('ends in every case', () => {
    test('a handler that ends the process allows nothing', async () => {
      const { code, stdout, stderr } = await invoke('ends.mjs')
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('there is no result: the handler ended the process')
    })

    test('a module that never loads', async () => {
      const { code, stdout, stderr } = await invoke('waits.mjs')
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('waits for something that never happens')
    })

    test('a handler that never completes', async () => {
      const { code, stdout } = await invoke('never.mjs', '--timeout-ms', '20')
      expect([code, stdout]).toEqual([1, expect.stringContaining('no result within 20 ms') as string])
    })

    test('a handler that leaves timers', async () => {
      expect((await invoke('open.mjs')).code).toBe(0)
    })

    test('an error in a timer of the handler', async () => {
      const { code, stdout, stderr } = await invoke('late.mjs')
      expect([code, stdout, stderr]).toEqual([
        2,
        '',
        'custom-authorizer: an error outside of a call ended the command: TypeError: late \\u001b[31m\n',
      ])
    })

    test('a rejection that the handler does not handle', async () => {
      const { code, stderr } = await invoke('rejects.mjs')
      expect([code, stderr]).toEqual([2, expect.stringContaining('ended the command: Error: forgotten') as string])
    })

    test('a reader that closes the pipe', async () => {
      const child = start(['invoke', 'long.mjs', '--contract', 'native'])
      child.stdout.destroy()
      const stderr = text(child.stderr)
      const [code] = (await once(child, 'exit')) as [number | null]
      expect([code, await stderr]).toEqual([2, ''])
    })
  })
}
