/** An ID at a line of a text. */
export interface Citation {
  readonly id: string
  readonly line: number
}
/** A rule at a line of a specification page. */
export interface Definition extends Citation {
  readonly anchor: string
}
/** A place in a file. */
export interface Located {
  readonly path: string
}
/** The rules of a family. */
export interface Family {
  readonly name: string
  readonly total: number
  readonly missing: readonly string[]
}
export function familyOf(id: string): string
export function isUnpublished(id: string): boolean
export function citationsIn(text: string): Citation[]
export function definitionsIn(text: string): Definition[]
export function definitionProblems(definitions: readonly (Definition & Located)[]): string[]
export function citationProblems(citations: readonly (Citation & Located)[], defined: ReadonlySet<string>): string[]
export function coverageOf(defined: Iterable<string>, tested: ReadonlySet<string>): Family[]
