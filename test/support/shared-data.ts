/** Test data made by others, which lies beside the project and is not part of it. @module */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..', '..', 'shared', 'data')

/** Why a test on such data is skipped; `undefined` when the data are there. */
export const missingData = (path: string): string | undefined =>
  existsSync(join(root, path)) ? undefined : `../shared/data/${path} is not there`

export const dataPath = (path: string): string => join(root, path)

export const readData = (path: string): unknown => JSON.parse(readFileSync(dataPath(path), 'utf8'))
