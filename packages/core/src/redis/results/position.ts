/** Positions in the log of invalidations. @module */

/** The ID of a record in a stream. */
export interface Position {
  readonly ms: number
  readonly seq: number
}

/** Before every record. */
export const START: Position = { ms: 0, seq: 0 }

/** Reads an ID such as `1526919030474-55`. */
export const parsePosition = (id: unknown): Position | undefined => {
  const parts = typeof id === 'string' ? /^(\d{1,15})-(\d{1,15})$/.exec(id) : null
  return parts === null ? undefined : { ms: Number(parts[1]), seq: Number(parts[2]) }
}

export const positionText = ({ ms, seq }: Position): string => `${ms}-${seq}`

/** Whether the first position is after the second one. */
export const isAfter = (one: Position, other: Position): boolean =>
  one.ms > other.ms || (one.ms === other.ms && one.seq > other.seq)

export const later = (one: Position, other: Position): Position => (isAfter(one, other) ? one : other)
