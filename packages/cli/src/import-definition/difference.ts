/** Compares a definition with that of an earlier import. Places are not compared: a line may move. @module */
import { ownMember } from '@custom-authorizer/core/contract'
import type { ReadResult } from '@custom-authorizer/definitions'
import { printable } from '../output/text.ts'
import { UsageError } from '../usage-error.ts'

/** Texts that identify each part, with what it says. */
type Parts = ReadonlyMap<string, string>

const withoutPlaces = (value: unknown): string =>
  JSON.stringify(value, (key, member: unknown) => (key === 'origin' ? undefined : member))

const addAll = (parts: Map<string, string>, label: string, list: unknown, nameOf: (each: unknown) => string): void => {
  if (Array.isArray(list)) for (const each of list) parts.set(`${label} ${nameOf(each)}`, withoutPlaces(each))
}

const text = (value: unknown, name: string): string => {
  const found = ownMember(value, name)
  return typeof found === 'string' ? found : ''
}

const partsOf = (result: unknown): Parts => {
  const parts = new Map<string, string>()
  const apis = ownMember(ownMember(result, 'definition'), 'apis')
  if (Array.isArray(apis))
    for (const api of apis) {
      const name = text(api, 'name')
      const { routes, authorizers, ...settings } = api as Record<string, unknown>
      parts.set(`API ${name}`, withoutPlaces(settings))
      addAll(parts, `${name}: route`, routes, (each) => `${text(each, 'method')} ${text(each, 'path')}`.trim())
      addAll(parts, `${name}: authorizer`, Object.values(authorizers ?? {}), (each) => text(each, 'name'))
    }
  addAll(
    parts,
    'finding',
    ownMember(result, 'findings'),
    (each) => `${text(each, 'code')} ${withoutPlaces(ownMember(each, 'routes'))} ${text(each, 'message')}`,
  )
  return parts
}

/**
 * One line for each part that was added, removed or changed.
 *
 * @param earlier parsed JSON of `import --json`
 * @throws {UsageError} if it is none
 */
export const differences = (earlier: unknown, current: ReadResult, name: string): readonly string[] => {
  if (!Array.isArray(ownMember(ownMember(earlier, 'definition'), 'apis')))
    throw new UsageError(`${name} is not the output of import --json`)
  const [before, after] = [partsOf(earlier), partsOf(current)]
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return keys.flatMap((key) => {
    const [old, fresh] = [before.get(key), after.get(key)]
    if (old === fresh) return []
    const mark = old === undefined ? '+' : fresh === undefined ? '-' : '~'
    const detail = mark === '~' ? `\n    was ${printable(old ?? '')}\n    is  ${printable(fresh ?? '')}` : ''
    return [`${mark} ${printable(key)}${detail}`]
  })
}
