/** Where results are written. Only a complete run writes the tracked file. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pageOf } from './page.mjs'

const root = resolve(import.meta.dirname, '..', '..')
const LATEST = join(root, 'bench', 'latest.json')
const PAGE = join(root, 'docs', 'performance.md')
const TEMPLATE = join(root, 'bench', 'report', 'performance.md')

/** One line per row, so that two runs can be compared. */
const toText = ({ rows, ...about }) =>
  `${JSON.stringify(about).slice(0, -1)},"rows":[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]}\n`

const write = (file, text) => {
  writeFileSync(file, text)
  return file
}

export const readLatest = () => JSON.parse(readFileSync(LATEST, 'utf8'))
export const writeLatest = (results) => write(LATEST, toText(results))
export const writeTemporary = (results) =>
  write(join(mkdtempSync(join(tmpdir(), 'bench-')), 'results.json'), toText(results))

/** Writes `docs/performance.md`. */
export const writePage = (results) => write(PAGE, pageOf(readFileSync(TEMPLATE, 'utf8'), results))
