export function median(values: readonly number[]): number
export function middleHalf(values: readonly number[]): readonly [number, number]
export function medianInterval(values: readonly number[]): readonly [number, number] | undefined
export function shuffled<T>(values: readonly T[]): T[]
