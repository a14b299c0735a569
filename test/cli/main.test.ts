import { afterAll, describe, expect, test } from 'vitest'
import { commands } from '../../packages/cli/src/commands.ts'
import { CommandFolder } from '../support/cli.ts'

const folder = new CommandFolder({ 'policy.json': { Version: '2012-10-17', Statement: [] } })
afterAll(() => folder.remove())

const NAMES = commands.map(({ name }) => name)

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s lists all commands with an example', async (argument) => {
    const { code, stdout, stderr } = await folder.run([argument])
    expect([code, stderr]).toEqual([0, ''])
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const heading of ['Usage:', 'Commands', 'Options', 'Exit codes', 'Examples']) expect(stdout).toContain(heading)
    expect(stdout).toContain('custom-authorizer invoke authorizer.js')
  })

  test('without arguments, the help goes to standard error and the exit code is 2', async () => {
    const { code, stdout, stderr } = await folder.run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Commands')
  })

  test.each(commands.map((each) => [each.name, each] as const))(
    '%s --help describes every option and exit code, and fits a terminal',
    async (name, { optionNames, exitCodes, examples }) => {
      const { code, stdout, stderr } = await folder.run([name, '--help'])
      expect([code, stderr]).toEqual([0, ''])
      for (const option of optionNames) expect(stdout).toContain(`--${option}`)
      for (const exitCode of Object.keys(exitCodes)) expect(stdout).toMatch(new RegExp(`^  ${exitCode} {3}`, 'm'))
      for (const { command } of examples) expect(stdout).toContain(command)
      const text = stdout.slice(0, stdout.indexOf('\nExamples\n'))
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
      expect((await folder.run(['help', name])).stdout).toBe(stdout)
      expect((await folder.run([name, '-h'])).stdout).toBe(stdout)
    },
  )

  test('--version prints the version', async () => {
    expect(await folder.run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

const throwing = (): string => {
  throw new TypeError('no version')
}

describe('usage errors', () => {
  test.each([
    [['invok'], 'unknown command invok. Did you mean invoke?'],
    [['zzz'], 'unknown command zzz.'],
    [['--verson'], 'unknown option --verson. Did you mean --version?'],
    [['help', 'explan'], 'unknown command explan. Did you mean explain?'],
    [['explain', 'policy.json', '--methd', 'GET'], 'unknown option --methd. Did you mean --method?'],
    [['explain', 'policy.json', '--methd=GET'], 'unknown option --methd. Did you mean --method?'],
    [['explain', 'policy.json', '-z'], 'unknown option -z.'],
    [['explain', 'policy.json', '--path'], '--path needs a value: --path PATH'],
    [['explain', 'policy.json', '--path=--json'], '--path is not a path without query, such as /pets/1'],
    [['explain', 'policy.json', '--method', '--path', '/'], '--method needs a value: --method METHOD'],
    [['explain', 'policy.json', '--path', '/', '--path', '/a'], '--path is set twice'],
    [['explain', 'policy.json', '--json=1'], '--json has no value'],
    [['explain', 'policy.json', '--path', '/', '--context', 'a'], '--context is not NAME=VALUE'],
    [['explain', 'policy.json', '--path', '/', '--context', '=a'], '--context is not NAME=VALUE'],
    [['explain'], 'POLICY is missing'],
    [['explain', 'a', 'b'], 'unexpected argument "b": allowed are POLICY'],
    [['invoke', 'a.js', '--times', '0'], '--times is not a whole number from 1 to 1000'],
    [['invoke', 'a.js', '--times', 'two'], '--times is not a whole number from 1 to 1000'],
    [['invoke', 'a.js', '--contract', 'aws.tokn'], '--contract is unknown. Did you mean aws.token?'],
  ])('%j: %s', async (args, message) => {
    const { code, stdout, stderr } = await folder.run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.split('\n')[0]?.replace(/^custom-authorizer(?: \w+)?: /, '')).toBe(message)
    expect(stderr).toMatch(/\nHelp: custom-authorizer(?: \w+)? --help\n$/)
  })

  test('an unknown command lists the commands, an unknown option the options, an unknown choice the choices', async () => {
    expect((await folder.run(['zzz'])).stderr).toContain(`Commands: ${NAMES.join(', ')}`)
    expect((await folder.run(['explain', '--zzz'])).stderr).toContain('Options: --method, --path, --api,')
    const { stderr } = await folder.run(['invoke', 'a.js', '--contract', 'zzz'])
    expect(stderr).toContain('Allowed: native, aws.token, aws.request, aws.httpApi, aws.webSocket, huawei.frontend,')
  })

  test('with --json, the error is also data on standard output', async () => {
    const { code, stdout, stderr } = await folder.run(['explain', 'policy.json', '--json'])
    expect(code).toBe(2)
    expect(stderr).toContain('--path is missing')
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { message: '--path is missing', advice: ['Name the request: --method and --path, or --resource.'] },
    })
    expect((await folder.run(['explain', '--', 'policy.json', '--json'])).stdout).toBe('')
  })

  test('a wrong value is not repeated, because it may be a credential', async () => {
    for (const args of [
      ['invoke', 'a.js', '--contract', 'native', '--header', 'Authorization sekrit'],
      ['invoke', 'a.js', '--contract', 'native', '--header', 'Authorization: sekrit\u0000'],
      ['invoke', 'a.js', '--contract', 'native', '--times', 'sekrit'],
      ['explain', 'policy.json', '--path', '/', '--context', 'sekrit'],
    ]) {
      const { code, stderr } = await folder.run(args)
      expect(code).toBe(2)
      expect(stderr).not.toContain('sekrit')
    }
  })

  test('DEF-IN-10 control characters of arguments are escaped', async () => {
    const { stderr } = await folder.run(['\u001b[31mred\u202e'])
    expect(stderr).toContain('unknown command \\u001b[31mred\\u202e.')
    expect(stderr).not.toMatch(/[\p{Cf}\u{80}-\u{9f}]|\p{Cc}(?<!\n)/u)
  })

  test('an unexpected error is reported as a bug, with exit code 2', async () => {
    const { code, stdout, stderr } = await folder.run(['--version'], { version: throwing })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('custom-authorizer: the command failed: TypeError: no version\nPlease report this')
  })
})

describe('colours', () => {
  const args = ['explain', 'policy.json', '--path', '/']
  test('are printed on a terminal only', async () => {
    expect((await folder.run(args, { colour: true })).stdout).toContain('\u001b[31mImplicitlyDenied\u001b[39m')
    expect((await folder.run(args)).stdout).not.toContain('\u001b')
    expect((await folder.run(['--help'], { colour: true })).stdout).toContain('\u001b[1mUsage:\u001b[22m')
    expect((await folder.run([...args, '--json'], { colour: true })).stdout).not.toContain('\u001b')
  })
})
