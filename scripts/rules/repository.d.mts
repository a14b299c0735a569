import type { Citation, Definition, Located } from './citations.mjs'

export function isTest(path: string): boolean
export function readRepository(): {
  readonly definitions: readonly (Definition & Located)[]
  readonly citations: readonly (Citation & Located)[]
}
