/** Chooses the authorizer function among the exports of a module. @module */
import type { AnyFunction } from '@custom-authorizer/core'
import { isAuthorizer } from '@custom-authorizer/core/contract'
import { suggestion } from '../arguments/nearest.ts'
import { UsageError } from '../usage-error.ts'

/** A function of a module. */
export interface Chosen {
  readonly exportName: string
  readonly authorize: AnyFunction
}

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function'
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/**
 * The exports by name. For a CommonJS module, `default` is `module.exports`: its members count as exports, and its own
 * `default` is that of a compiled ES module.
 */
const exportsOf = (loaded: unknown): ReadonlyMap<string, unknown> => {
  const namespace = isObject(loaded) ? loaded : {}
  const exported = namespace['default']
  const members = isObject(exported) && !isAuthorizer(exported) ? Object.entries(exported) : []
  const found = new Map(members)
  for (const [name, value] of Object.entries(namespace)) {
    const isCommonJs = name === 'default' && members.length > 0
    if (name !== 'module.exports' && !isCommonJs) found.set(name, value)
  }
  found.delete('__esModule')
  return found
}

const describe = (value: unknown): string => {
  if (isAuthorizer(value)) return 'an authorizer'
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

const AUTHORIZER = 'Name the function itself; createAuthorizer and customAuthorizer wrap it.'

const noSuchExport = (file: string, wanted: string, found: ReadonlyMap<string, unknown>): UsageError => {
  const functions = [...found].filter(([, value]) => isFunction(value)).map(([name]) => name)
  const listed = functions.length === 0 ? 'It exports no function.' : `Exported functions: ${functions.join(', ')}`
  if (!found.has(wanted))
    return new UsageError(`${file} does not export "${wanted}".${suggestion(wanted, functions)}`, listed)
  const value = found.get(wanted)
  const advice = isAuthorizer(value) ? AUTHORIZER : listed
  return new UsageError(`${wanted} of ${file} is ${describe(value)}, not a function`, advice)
}

/**
 * @param wanted name of the export; `undefined` chooses `handler`, else the default export, else the only function
 * @throws {UsageError} if there is no such function, or several
 */
export const chooseExport = (file: string, loaded: unknown, wanted: string | undefined): Chosen => {
  const found = exportsOf(loaded)
  if (wanted !== undefined) {
    const authorize = found.get(wanted)
    if (!isFunction(authorize)) throw noSuchExport(file, wanted, found)
    return { exportName: wanted, authorize }
  }
  for (const name of ['handler', 'default']) {
    const authorize = found.get(name)
    if (isFunction(authorize)) return { exportName: name, authorize }
  }
  const functions = [...found].flatMap(([name, value]) =>
    isFunction(value) ? [{ exportName: name, authorize: value }] : [],
  )
  const [first, second] = functions
  if (first !== undefined && second === undefined) return first
  if (first !== undefined) {
    const names = functions.map(({ exportName }) => exportName)
    throw new UsageError(
      `${file} exports several functions, none of them named handler: ${names.join(', ')}`,
      `Name one: ${file}#${first.exportName}`,
    )
  }
  const others = [...found].map(([name, value]) => `${name} (${describe(value)})`)
  throw new UsageError(
    others.length === 0 ? `${file} exports nothing` : `${file} exports no function: ${others.join(', ')}`,
    [...found.values()].some(isAuthorizer) ? AUTHORIZER : 'Export the authorizer function as handler.',
  )
}
