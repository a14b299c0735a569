// Reads test/mutation/SURVIVORS.md: under the path of each file, a list of `- <change>: <reason>`, the change as code.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../workspace.mjs'

const file = join(root, 'test', 'mutation', 'SURVIVORS.md')

/** The explained changes of each file; a change that is listed twice explains two survivors. */
export function readExplanations() {
  const explanations = new Map()
  let path
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const heading = /^#+ `?([\w./-]+\.ts)`?$/.exec(line)
    if (heading !== null) path = heading[1]
    const item = /^- (`+) ?(.+?) ?\1: ./.exec(line)
    if (item !== null) explanations.set(path, [...(explanations.get(path) ?? []), item[2]])
  }
  return explanations
}

export function compare(survivors, paths, explanations) {
  const left = new Map(paths.map((path) => [path, [...(explanations.get(path) ?? [])]]))
  const unexplained = survivors.filter(({ path, change }) => {
    const at = left.get(path).indexOf(change)
    if (at >= 0) left.get(path).splice(at, 1)
    return at < 0
  })
  const stale = [...left].flatMap(([path, changes]) => changes.map((change) => ({ path, change })))
  return { unexplained, stale }
}
