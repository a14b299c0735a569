/**
 * Logical IDs of the resources that Serverless Framework generates. Two names with one ID become one resource when they are
 * deployed, and the last one wins (DEF-SLS-13).
 * @module
 */

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The ID of a segment of a path. */
export const partId = (segment: string): string =>
  upperFirst(
    upperFirst(segment.toLowerCase())
      .replaceAll('-', 'Dash')
      .replaceAll(/\{(.*)\}/g, '$1Var')
      .replaceAll(/[^0-9A-Za-z]/g, ''),
  )

/** The ID of a path, or of the key of a route. */
export const pathId = (path: string): string => path.split('/').map(partId).join('')

/** The ID of an authorizer or function. */
export const nameId = (name: string): string => upperFirst(name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore'))

/** Finds names that share a logical ID. */
export class LogicalIds {
  readonly #names = new Map<string, string>()

  /** Notes a name. Returns the earlier, different name of the same ID, if there is one. */
  add(id: string, name: string): string | undefined {
    const earlier = this.#names.get(id)
    if (earlier === undefined) this.#names.set(id, name)
    return earlier === name ? undefined : earlier
  }
}
