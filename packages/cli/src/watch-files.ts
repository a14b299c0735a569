/** Watches files by their folders, because editors replace a file instead of writing to it. @module */
import { statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Changes within this time are one change. */
const SETTLING_MS = 100

/** Calls `changed` when one of the files, or a file in one of the folders, changes. */
export const watchFiles = (paths: readonly string[], changed: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  const settle = (): void => {
    clearTimeout(timer)
    timer = setTimeout(changed, SETTLING_MS)
  }
  const watchers = paths.map((path) => {
    const isFolder = statSync(path).isDirectory()
    return watch(isFolder ? path : dirname(path), (_, name) => {
      if (isFolder || name === null || name === basename(path)) settle()
    })
  })
  return () => {
    clearTimeout(timer)
    for (const each of watchers) each.close()
  }
}
