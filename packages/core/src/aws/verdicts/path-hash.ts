/** Hashes of paths and of the directories they are in. @module */

/** The hash of the empty text. */
export const NO_TEXT = 0x811c_9dc5

/**
 * Continues a hash (FNV-1a) with the characters of a text from `start` to `end`. All characters count: paths with an ID in the
 * middle differ only there.
 */
export const hashOf = (text: string, start: number, end: number, hash: number): number => {
  let value = hash
  for (let index = start; index < end; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x0100_0193)
  return value
}

/** The length of the path of the directory that a path is directly in, with its slash. */
export const parentEnd = (path: string): number => path.lastIndexOf('/') + 1
