/** Replies to polls of the log. @module */
import { integerOf, textOf } from '../client/reply-values.ts'
import { parsePosition, type Position } from './position.ts'

interface LogRecord {
  readonly position: Position
  /** Names the secret that the tag was made with. */
  readonly secret: string
  readonly tag: string
}

export interface PollReply {
  readonly epoch: string
  /** Time of the server in milliseconds since the epoch. */
  readonly now: number
  /** New records, or the newest one if there are too many. */
  readonly news: readonly LogRecord[] | Position
}

/** Reads the reply of the polling script; `undefined` if it has another form. */
export const pollReplyOf = (reply: unknown): PollReply | undefined => {
  if (!Array.isArray(reply)) return undefined
  const [first, time, third, ...rest] = reply as unknown[]
  const epoch = textOf(first)
  const newest = textOf(third)
  const now = integerOf(time)
  if (epoch === undefined || !/^[\w-]{1,64}$/.test(epoch) || now === undefined) return undefined
  if (newest !== '') {
    const position = parsePosition(newest)
    return position && { epoch, now, news: position }
  }
  const records: LogRecord[] = []
  for (let index = 0; index < rest.length; index += 3) {
    const position = parsePosition(textOf(rest[index]))
    const secret = textOf(rest[index + 1])
    const tag = textOf(rest[index + 2])
    if (position === undefined || secret === undefined || tag === undefined) return undefined
    records.push({ position, secret, tag })
  }
  return { epoch, now, news: records }
}
