/** Option values that relax a rule of security: known in tables, said once at the start, listed in the documentation. @module */

/** A value of an option that relaxes rules (SEC-109). */
export interface Danger {
  /** The value as it is written, for people. */
  readonly value: string
  /** The rules that it relaxes. */
  readonly relaxes: readonly string[]
  /** What it means. */
  readonly effect: string
  readonly applies: (value: unknown) => boolean
}

/** The dangerous values of options, by option. */
export type Dangers = Readonly<Record<string, Danger>>

const is =
  (dangerous: unknown) =>
  (value: unknown): boolean =>
    value === dangerous
export const above =
  (bound: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value > bound

/** A danger that is one value. */
export const danger = (value: unknown, relaxes: readonly string[], effect: string): Danger => ({
  value: typeof value === 'string' ? `'${value}'` : String(value),
  relaxes,
  effect,
  applies: is(value),
})

/** One line for each dangerous value that is set: the names of options and rules. */
export const dangersIn = (where: string, options: object, table: Dangers): readonly string[] =>
  Object.entries(table).flatMap(([option, { relaxes, effect, value, applies }]) =>
    Object.hasOwn(options, option) && applies((options as Record<string, unknown>)[option])
      ? [`${where}.${option} is ${value}: ${effect} (relaxes ${relaxes.join(', ')})`]
      : [],
  )
