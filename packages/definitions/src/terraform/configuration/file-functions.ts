/** `file` and `templatefile`, for files below the base directory (DEF-TF-03, DEF-TF-07). @module */
import { isAbsolute } from 'node:path'
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { type Node, scalar } from '../../document/node.ts'
import type { Source } from '../../document/parse.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import type { Budget } from '../expressions/budget.ts'
import { unresolved } from '../expressions/evaluate.ts'
import { plainText } from '../expressions/functions.ts'
import { renderTemplate } from './template-file.ts'

interface Place {
  readonly text: string
  readonly origin: Origin
  /** Folder of the root module: paths of files are relative to it. */
  readonly root: string
  readonly context: ReadContext
  readonly budget: Budget
}

/** The value of a function that reads a file; `undefined` if no function has this name. */
export const readFunction = (name: string, args: readonly Node[], place: Place): Node | undefined => {
  if (name !== 'file' && name !== 'templatefile') return undefined
  const { text, origin, root, context } = place
  const path = plainText(args[0])
  const wanted = name === 'file' ? 1 : 2
  if (path === undefined || args.length !== wanted) return unresolved(text, origin)
  let source: Source
  try {
    // Relative to the root module, wherever the expression is.
    const reference = root === '' || isAbsolute(path) ? path : `${root}/${path}`
    source = context.files.readReferenced(reference, { ...origin, file: root })
  } catch (error) {
    // Which values need the file is not known here: those that decide something stop.
    if (error instanceof DocumentProblem) return unresolved(`${text} (${error.message})`, origin, 'external')
    throw error
  }
  // The pointer is that of a document, so that the readers of bodies find the file.
  const start: Origin = { file: source.name, line: 1, pointer: '' }
  if (name === 'file') return scalar(source.text, start)
  return renderTemplate(source, args[1], place) ?? unresolved(text, origin, 'dynamic')
}
