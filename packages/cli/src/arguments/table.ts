/** Tables of options: arguments are parsed and `--help` is written from one table per command. @module */

interface Row {
  /** What the option sets, for `--help`. */
  readonly description: string
  /** Letter of the short form, such as `X` for `-X`. Default: none. */
  readonly short?: string
}

/** An option with a value. */
interface ValueRow extends Row {
  /** Name of the value in `--help`, such as `FILE`. */
  readonly value: string
}

/** One option. */
export type OptionRow =
  | (Row & { readonly kind: 'flag' })
  | (ValueRow & { readonly kind: 'text' })
  | (ValueRow & { readonly kind: 'list' })
  | (ValueRow & { readonly kind: 'integer'; readonly min: number; readonly max: number })
  | (ValueRow & { readonly kind: 'choice'; readonly choices: readonly string[] })

/** The options of a command by name, without the dashes. */
export type OptionTable = Readonly<Record<string, OptionRow>>

/** The value of one option; `undefined` (an empty list, `false`) if the user has not set it. */
type ValueOf<T extends OptionRow> = T extends { kind: 'flag' }
  ? boolean
  : T extends { kind: 'list' }
    ? readonly string[]
    : T extends { kind: 'integer' }
      ? number | undefined
      : string | undefined

/** The values of the options of a table. */
export type ValuesOf<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> }

/** Options that every command has. */
export const COMMON_OPTIONS = {
  json: { kind: 'flag', description: 'Print the result as JSON.' },
  help: { kind: 'flag', short: 'h', description: 'Print this help.' },
} as const

/** An option as the user writes it. */
export const optionName = (name: string): string => `--${name}`
