/** Members of objects from outside. @module */
import { isRecord } from './check.ts'

/** An own member of a record; `undefined` for anything else, so that a prototype contributes no data. */
export const ownMember = (record: unknown, name: string): unknown =>
  isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined
