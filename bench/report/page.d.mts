import type { Row } from './targets.mjs'

export interface Results {
  readonly node: string
  readonly platform: string
  readonly processor: string
  readonly cores: number
  readonly repetitions: number
  readonly rounds: number
  readonly seconds: number
  readonly rows: readonly Row[]
}

export function pageOf(template: string, results: Results): string
