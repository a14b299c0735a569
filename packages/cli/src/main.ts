/** The command `custom-authorizer`, without a process: everything that it touches is in its `Host`. @module */
import type { Command } from './arguments/command.ts'
import { PROGRAM, programHelp } from './arguments/help.ts'
import { suggestion } from './arguments/nearest.ts'
import { commands } from './commands.ts'
import type { ExitCode, Host } from './host.ts'
import { writeJson } from './output/json.ts'
import { style } from './output/style.ts'
import { printable, printableLines } from './output/text.ts'
import { UsageError } from './usage-error.ts'

const HELP: ReadonlySet<string | undefined> = new Set(['--help', '-h', 'help'])

const findCommand = (name: string): Command => {
  const found = commands.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = commands.map((each) => each.name)
  const [kind, allowed] = name.startsWith('-') ? ['option', ['--help', '--version']] : ['command', names]
  throw new UsageError(`unknown ${kind} ${name}.${suggestion(name, allowed)}`, `Commands: ${names.join(', ')}`)
}

const dispatch = async (args: readonly string[], host: Host): Promise<ExitCode> => {
  const [name, ...rest] = args
  if (name === undefined) {
    host.stderr.write(programHelp(commands, style(false)))
    return 2
  }
  if (name === '--version') {
    host.stdout.write(`${host.version()}\n`)
    return 0
  }
  if (!HELP.has(name)) return findCommand(name).run(rest, host)
  if (rest[0] !== undefined) return findCommand(rest[0]).run(['--help'], host)
  host.stdout.write(programHelp(commands, style(host.colour)))
  return 0
}

const describe = (error: unknown): UsageError => {
  if (error instanceof UsageError) return error
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `a value of type ${typeof error}`
  return new UsageError(`the command failed: ${text}`, 'Please report this as a bug of custom-authorizer.')
}

/**
 * Runs the command and returns its exit code. Never rejects: a problem is one line on `stderr`, with what to do below it, and
 * with `--json` also the member `error` of the result.
 *
 * @param args the arguments after the name of the program
 */
export const main = async (args: readonly string[], host: Host): Promise<ExitCode> => {
  try {
    return await dispatch(args, host)
  } catch (error) {
    const { message, advice } = describe(error)
    const command = commands.find(({ name }) => name === args[0])
    const program = command === undefined ? PROGRAM : `${PROGRAM} ${command.name}`
    const lines = [`${program}: ${printable(message)}`, ...advice.map(printableLines), `Help: ${program} --help`]
    host.stderr.write(`${lines.join('\n')}\n`)
    const end = args.indexOf('--')
    if (args.slice(0, end < 0 ? args.length : end).includes('--json'))
      writeJson(host.stdout, { error: { message, advice } })
    return 2
  }
}
