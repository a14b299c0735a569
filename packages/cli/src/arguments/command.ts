/** A command: its arguments, its help and what it does. @module */
import type { ExitCode, Host } from '../host.ts'
import { style } from '../output/style.ts'
import { UsageError } from '../usage-error.ts'
import { type CommandHelp, helpOf } from './help.ts'
import { parseArguments } from './parse.ts'
import { COMMON_OPTIONS, type OptionTable, type ValuesOf } from './table.ts'

/** The arguments of a command that is run. */
export interface Input<T extends OptionTable> {
  readonly positionals: readonly string[]
  readonly values: ValuesOf<T & typeof COMMON_OPTIONS>
}

/** A command of the table in `commands.ts`. */
export interface Command extends CommandHelp {
  /** Names of the options, without dashes. */
  readonly optionNames: readonly string[]
  readonly run: (args: readonly string[], host: Host) => Promise<ExitCode>
}

/** Defines a command from its help, its table of options and its function. `--json` and `--help` are added. */
export const defineCommand = <T extends OptionTable>(
  help: CommandHelp,
  table: T,
  action: (input: Input<T>, host: Host) => Promise<ExitCode>,
): Command => {
  const options: T & typeof COMMON_OPTIONS = { ...table, ...COMMON_OPTIONS }
  const names = help.positionals.map(({ name }) => name)
  return {
    ...help,
    optionNames: Object.keys(options),
    run: async (args, host) => {
      const { positionals, values } = parseArguments(args, options)
      if ((values as { readonly help: boolean }).help) {
        host.stdout.write(helpOf(help, options, style(host.colour)))
        return 0
      }
      if (positionals.length < names.length) throw new UsageError(`${names[positionals.length]} is missing`)
      const isRepeated = help.positionals.at(-1)?.repeats === true
      const excess = isRepeated ? undefined : positionals[names.length]
      if (excess !== undefined) throw new UsageError(`unexpected argument "${excess}": allowed are ${names.join(' ')}`)
      return action({ positionals, values }, host)
    },
  }
}
