/** Option values that relax a rule of security: known in tables, said once at the start, listed in the documentation. @module */

/** A value of an option that relaxes rules (SEC-109). */
export interface UnsafeOption {
  /** The value as it is written, for people. */
  readonly value: string
  /** The rules that it relaxes. */
  readonly relaxes: readonly string[]
  /** What it means. */
  readonly effect: string
  readonly applies: (value: unknown) => boolean
}

/** The dangerous values of options, by option. */
export type UnsafeOptions = Readonly<Record<string, UnsafeOption>>

const is =
  (dangerous: unknown) =>
  (value: unknown): boolean =>
    value === dangerous

/** A danger that is one value. */
export const unsafeOption = (value: unknown, relaxes: readonly string[], effect: string): UnsafeOption => ({
  value: typeof value === 'string' ? `'${value}'` : String(value),
  relaxes,
  effect,
  applies: is(value),
})

/** One line for each dangerous value that is set: the names of options and rules. */
export const unsafeOptionsIn = (where: string, options: object, table: UnsafeOptions): readonly string[] =>
  Object.entries(table).flatMap(([option, { relaxes, effect, value, applies }]) =>
    Object.hasOwn(options, option) && applies((options as Record<string, unknown>)[option])
      ? [`${where}.${option} is ${value}: ${effect} (relaxes ${relaxes.join(', ')})`]
      : [],
  )
