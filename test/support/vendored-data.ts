/** Third-party test data in `test/data`. @module */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', 'data')

export const dataPath = (path: string): string => join(folder, path)

export const readData = (path: string): unknown => JSON.parse(readFileSync(dataPath(path), 'utf8'))
