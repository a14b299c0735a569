export interface Summary {
  readonly value: number
  readonly interval: readonly [number, number]
}

/** A row of the results, with the members that a target may compare. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly interval?: readonly [number, number]
  readonly added?: Summary
  readonly addedBytes?: number
}

export interface Judged {
  readonly text: string
  readonly row: string
  readonly max: number
  readonly value: number
  readonly interval: readonly [number, number] | undefined
  readonly unit: string
  readonly verdict: string
}

export function judge(rows: readonly Row[]): readonly Judged[]
