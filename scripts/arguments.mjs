// Reads the arguments of a command of `scripts/commands.mjs`: `--help` prints what it does, and wrong arguments list those that
// exist.
import { parseArgs } from 'node:util'

import { COMMANDS } from './commands.mjs'

const startOf = (name) => COMMANDS[name].run ?? `npm run ${name}`
/** npm passes options to a script only after `--`. */
const withOptions = (name) => (startOf(name).startsWith('npm') ? `${startOf(name)} --` : startOf(name))

const synopsisOf = (name) => {
  const { operands, options = {}, forwards } = COMMANDS[name]
  const start = Object.keys(options).length > 0 || forwards !== undefined ? withOptions(name) : startOf(name)
  const operand = operands === undefined ? '' : ` ${operands.min === 1 ? `<${operands.value}>` : `[${operands.value}]`}`
  return `${start}${operand}${Object.keys(options).length > 0 ? ' [options]' : ''}${forwards === undefined ? '' : ' [arguments]'}`
}

const listed = (choices, text) => (choices === undefined ? text : `${text}: ${choices.join(', ')}`)

const rowsOf = ({ operands, options = {} }) => {
  const rows = Object.entries(options).map(([name, { value, choices, text }]) => [
    `--${name}${value === undefined ? '' : ` ${value}`}`,
    listed(choices, text),
  ])
  if (operands !== undefined)
    rows.unshift([
      operands.value,
      operands.choices === undefined ? operands.text : `${operands.choices.join(', ')}; ${operands.text}`,
    ])
  return [...rows, ['--help', 'prints this text']]
}

const columns = (rows) => {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join('\n')
}

/** The help of one command. */
const helpOf = (name) => {
  const { summary, forwards } = COMMANDS[name]
  const more = forwards === undefined ? '' : `\nOther arguments are passed to ${forwards}: npx ${forwards} --help\n`
  return `Usage: ${synopsisOf(name)}\n\n${summary}\n\n${columns(rowsOf(COMMANDS[name]))}\n${more}`
}

/** The list of all commands. */
export const overview = () =>
  `Commands:\n\n${columns(Object.keys(COMMANDS).map((name) => [startOf(name), COMMANDS[name].summary]))}

Each prints its arguments with --help: npm run check -- --help\n`

const allowedOptions = (options) => [...Object.keys(options), 'help'].map((each) => `--${each}`).join(', ')

const fail = (where, allowed) => {
  throw new TypeError(`${where}; allowed: ${allowed}`)
}

const checkOperands = (positionals, operands) => {
  if (operands === undefined && positionals.length > 0) fail(`unexpected argument ${positionals[0]}`, 'only options')
  const { value, choices, min = 0, max = 0 } = operands ?? {}
  const unknown = positionals.find((each) => choices?.includes(each) === false)
  if (unknown !== undefined) fail(`unknown ${value} ${unknown}`, choices.join(', '))
  if (positionals.length < min) fail(`${value} is missing`, `one ${value}`)
  if (positionals.length > max) fail(`${positionals.length} arguments`, `at most ${max}`)
}

const readValue = (name, { choices, number }, given) => {
  const unknown = [given].flat().find((each) => choices?.includes(each) === false)
  if (unknown !== undefined) fail(`--${name}: found ${unknown}`, choices.join(', '))
  if (number !== true) return given
  if (!(Number(given) > 0)) fail(`--${name}: found ${given}`, 'a number above 0')
  return Number(given)
}

const parse = (name, args) => {
  const { options = {}, operands } = COMMANDS[name]
  const unknown = parseArgs({ args, options, strict: false, tokens: true }).tokens.find(
    (token) => token.kind === 'option' && !Object.hasOwn(options, token.name),
  )
  if (unknown !== undefined) fail(`unknown option ${unknown.rawName}`, allowedOptions(options))
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  checkOperands(positionals, operands)
  const read = Object.entries(values).map(([each, given]) => [each, readValue(each, options[each], given)])
  return { values: Object.fromEntries(read), positionals }
}

/**
 * Reads the arguments of a command. Prints the help, or what is wrong, and exits if there is nothing to run.
 *
 * @returns values of the options, and the operands; with `forwards`, the arguments as operands
 */
export const readArguments = (name, args) => {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpOf(name))
    process.exit(0)
  }
  if (COMMANDS[name].forwards !== undefined) return { values: {}, positionals: args }
  try {
    return parse(name, args)
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${helpOf(name)}`)
    return process.exit(2)
  }
}
