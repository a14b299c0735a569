/** Reads members of untrusted objects. @module */
import { isRecord } from './check.ts'

/** Returns an own member of a record, otherwise `undefined`. Members of a prototype are not read. */
export const ownMember = (record: unknown, name: string): unknown =>
  isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined
