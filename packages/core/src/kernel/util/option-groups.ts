/** Options in groups, such as `limits: { … }`, checked like options on the first level. @module */
import { type Check, checkOptions, type Checks, isRecord, memberOf } from './check.ts'
import { AuthorizerError } from './errors.ts'

/** One row per member of each group. */
export type GroupChecks<T, TGroup extends keyof T> = { readonly [K in TGroup]-?: Checks<NonNullable<T[K]>> }

/** Checked options; a group that is not set is empty. */
export type Grouped<T, TGroup extends keyof T> = Readonly<
  Partial<Omit<T, TGroup>> & { [K in TGroup]-?: Readonly<Partial<NonNullable<T[K]>>> }
>

const groupOption =
  (checks: object): Check =>
  (value) =>
    isRecord(value) ? undefined : `{ ${Object.keys(checks).join(', ')} }`

const rejectMisplaced = (where: string, options: unknown, places: ReadonlyMap<string, string>): void => {
  if (!isRecord(options)) return
  for (const name of Object.keys(options)) {
    const place = places.get(name)
    if (place === undefined) continue
    throw new AuthorizerError('ERR_OPTION', `${memberOf(where, name)} is not an option; use ${where}.${place}`, {
      option: memberOf(where, name),
      allowed: `${where}.${place}`,
    })
  }
}

/**
 * Checks options of which some are groups. A member of a group that is set on the first level is rejected with its place.
 *
 * @param renamed place of an option by a former name, such as `{ maxPolicyBytes: 'limits.policyBytes' }`
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; names the option, the kind of its value and what is allowed
 */
export const checkGroupedOptions = <T extends object, TGroup extends keyof T & string>(
  where: string,
  options: unknown,
  checks: Checks<Omit<T, TGroup>>,
  groups: GroupChecks<T, TGroup>,
  renamed: Readonly<Record<string, string>> = {},
): Grouped<T, TGroup> => {
  const entries = Object.entries<object>(groups)
  const places = entries.flatMap(([group, rows]) =>
    Object.keys(rows).map((name): [string, string] => [name, `${group}.${name}`]),
  )
  rejectMisplaced(where, options, new Map([...places, ...Object.entries(renamed)]))
  const groupRows = Object.fromEntries(entries.map(([group, rows]) => [group, groupOption(rows)]))
  const rows: Checks<Record<string, unknown>> = { ...checks, ...groupRows }
  const checked: Readonly<Record<string, unknown>> = checkOptions(where, options, rows)
  const checkedGroups = entries.map(([group, members]) => [
    group,
    checkOptions(`${where}.${group}`, checked[group], members as Checks<Record<string, unknown>>),
  ])
  return Object.freeze(
    Object.assign(Object.create(null) as object, checked, Object.fromEntries(checkedGroups)),
  ) as Grouped<T, TGroup>
}
