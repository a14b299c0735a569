/** Builds the options of a contract from the command line. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { parsePair } from '../arguments/parse.ts'
import { UsageError } from '../usage-error.ts'
import {
  type AnyContract,
  type ContractName,
  CONTRACTS,
  type ContractOptions,
  SHORT_FORMS,
  type ShortForm,
} from './contracts.ts'

/** The values of the options that concern the contract; an empty list if an option is not set. */
export interface ContractArguments {
  /** `name=value` of `--option`. */
  readonly option: readonly string[]
  /** `name=value` of `--api`. */
  readonly api: readonly string[]
  readonly short: Readonly<Record<ShortForm, readonly string[]>>
}

type Members = Record<string, unknown>

/** Records without a prototype, so that a name such as `__proto__` is an ordinary member. */
const record = (): Members => Object.create(null) as Members

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON, or the text itself if it is not JSON. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Sets a member by a path such as `api.stage`. Each may be set once. */
const setMember = (target: Members, path: string, value: unknown): void => {
  const names = path.split('.')
  const last = names.pop() as string
  let holder = target
  for (const name of names) {
    const next = (holder[name] ??= record())
    if (!isMembers(next)) throw new UsageError(`the option ${path} is set twice`)
    holder = next
  }
  if (holder[last] !== undefined) throw new UsageError(`the option ${path} is set twice`)
  holder[last] = value
}

/** A misspelled number or text is the most likely cause of a wrong kind of value. */
const QUOTES = `--option reads values as JSON: write --option 'name="123"' for text that looks like a number`

/**
 * @param isFromJson whether `--option` was used, which reads numbers
 * @throws {UsageError} with the message of the contract, if it rejects an option
 */
export const createContract = (name: ContractName, options: ContractOptions, isFromJson: boolean): AnyContract => {
  try {
    return CONTRACTS[name](options)
  } catch (error) {
    if (!(error instanceof AuthorizerError)) throw error
    throw new UsageError(error.message, ...(isFromJson ? [QUOTES] : []))
  }
}

/** @throws {UsageError} if a short form does not apply to the contract, or an option is set twice */
export const contractOptions = (name: ContractName, { option, api, short }: ContractArguments): ContractOptions => {
  const options = record()
  for (const each of option) {
    const [path, value] = parsePair('option', each)
    setMember(options, path, valueOf(value))
  }
  if (api.length > 0 && name === 'native') throw new UsageError('--api does not apply to native')
  for (const each of api) {
    const [member, value] = parsePair('api', each)
    setMember(options, `api.${member}`, value)
  }
  for (const [form, values] of Object.entries(short) as [ShortForm, readonly string[]][]) {
    if (values.length === 0) continue
    const targets = SHORT_FORMS[form]
    const target = targets[name]
    if (target === undefined)
      throw new UsageError(`--${form} does not apply to ${name}`, `It applies to ${Object.keys(targets).join(', ')}.`)
    setMember(options, target.option, target.convert(values))
  }
  return options
}
