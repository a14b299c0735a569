/** Unsafe options: values that relax a security rule. They are logged at start-up and listed in the documentation. @module */

/** An option value that relaxes security rules (SEC-109). */
export interface UnsafeOption {
  /** The value as written in code, for messages. */
  readonly value: string
  /** IDs of the rules that the value relaxes, for the documentation. */
  readonly relaxes: readonly string[]
  /** What the value has as a consequence. */
  readonly effect: string
  /** Whether a value of the option is this one. */
  readonly applies: (value: unknown) => boolean
}

/** The unsafe values, by option. */
export type UnsafeOptions = Readonly<Record<string, UnsafeOption>>

const is =
  (unsafe: unknown) =>
  (value: unknown): boolean =>
    value === unsafe

/** Describes an option for which a single value is unsafe. */
export const unsafeOption = (value: unknown, relaxes: readonly string[], effect: string): UnsafeOption => ({
  value: typeof value === 'string' ? `'${value}'` : String(value),
  relaxes,
  effect,
  applies: is(value),
})

/** One line for each unsafe value that is set, with the option, the value and its effect. */
export const unsafeOptionsIn = (where: string, options: object, table: UnsafeOptions): readonly string[] =>
  Object.entries(table).flatMap(([option, { effect, value, applies }]) =>
    Object.hasOwn(options, option) && applies((options as Record<string, unknown>)[option])
      ? [`${where}.${option} is ${value}: ${effect}`]
      : [],
  )
