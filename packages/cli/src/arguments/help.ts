/** Writes `--help` from the tables. @module */
import type { ExitCode } from '../host.ts'
import type { Style } from '../output/style.ts'
import { type OptionRow, optionName, type OptionTable } from './table.ts'

/** What `--help` shows of a command besides its options. */
export interface CommandHelp {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Positional arguments in order; all of them are required. The last one may be repeated. */
  readonly positionals: readonly { readonly name: string; readonly description: string; readonly repeats?: true }[]
  /** Further paragraphs. Default: none. */
  readonly notes?: readonly string[]
  /** What each exit code means. */
  readonly exitCodes: Readonly<Record<ExitCode, string>>
  /** Commands to copy. */
  readonly examples: readonly { readonly command: string; readonly description: string }[]
}

/** Name of the program. */
export const PROGRAM = 'custom-authorizer'
/** Width of the first column, and of the whole text. */
const [COLUMN, WIDTH] = [32, 80]

/** Breaks text into lines. */
const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line]
}

/** Two columns; a long first column has a line of its own. */
const columns = (left: string, right: string): string => {
  const indent = ' '.repeat(COLUMN)
  const lines = wrap(right, WIDTH - COLUMN)
  const first = `  ${left}`
  return first.length < COLUMN
    ? `${first.padEnd(COLUMN)}${lines.join(`\n${indent}`)}\n`
    : `${first}\n${indent}${lines.join(`\n${indent}`)}\n`
}

const heading = (text: string, { bold }: Style): string => `\n${bold(text)}\n`

const written = (name: string, row: OptionRow): string => {
  const short = row.short === undefined ? '' : `-${row.short}, `
  return `${short}${optionName(name)}${row.kind === 'flag' ? '' : ` ${row.value}`}`
}

/** What a row allows, besides its description. */
const limitsOf = (row: OptionRow): string => {
  if (row.kind === 'choice') return ` One of ${row.choices.join(', ')}.`
  if (row.kind === 'integer') return ` ${row.min} to ${row.max}.`
  return row.kind === 'list' ? ' Can be repeated.' : ''
}

/** The help of one command. */
export const helpOf = (command: CommandHelp, options: OptionTable, style: Style): string => {
  const names = command.positionals.map(({ name, repeats }) => ` ${name}${repeats === true ? ' …' : ''}`).join('')
  return [
    `${style.bold('Usage:')} ${PROGRAM} ${command.name}${names} [options]\n\n`,
    `${wrap(command.summary, WIDTH).join('\n')}\n`,
    ...(command.notes ?? []).map((note) => `\n${wrap(note, WIDTH).join('\n')}\n`),
    heading('Arguments', style),
    ...command.positionals.map(({ name, description }) => columns(name, description)),
    heading('Options', style),
    ...Object.entries(options).map(([name, row]) => columns(written(name, row), row.description + limitsOf(row))),
    heading('Exit codes', style),
    ...Object.entries(command.exitCodes).map(([code, meaning]) => columns(code, meaning)),
    heading('Examples', style),
    command.examples.map(({ command: line, description }) => `  ${description}\n    ${line}\n`).join('\n'),
  ].join('')
}

/** The help of the program. */
export const programHelp = (commands: readonly CommandHelp[], style: Style): string =>
  [
    `${style.bold('Usage:')} ${PROGRAM} COMMAND [arguments] [options]\n\n`,
    'Runs and explains custom authorizers of API gateways on this machine.\n',
    heading('Commands', style),
    ...commands.map(({ name, summary }) => columns(name, summary)),
    heading('Options', style),
    columns('-h, --help', 'Print this help; after a command, the help of the command.'),
    columns('--version', 'Print the version.'),
    heading('Exit codes', style),
    columns('0', 'done; the request is allowed'),
    columns('1', 'the request is denied'),
    columns('2', 'a usage error, or a file that cannot be read'),
    heading('Examples', style),
    commands
      .flatMap(({ examples }) => examples.slice(0, 1))
      .map(({ command, description }) => `  ${description}\n    ${command}\n`)
      .join('\n'),
  ].join('')
