/** The folder of the repository. @module */
import { join } from 'node:path'

export const root: string = join(import.meta.dirname, '..', '..')
