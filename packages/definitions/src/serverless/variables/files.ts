/** `${file(path):address}`: YAML, JSON and text below the base directory. Programs are not run (DEF-SLS-14, DEF-IN-25). @module */
import { extname } from 'node:path'
import { DocumentProblem } from '../../document/document-problem.ts'
import { type Node, scalar, unknown } from '../../document/node.ts'
import type { Lookup, Reference, Resolver } from './resolver.ts'

const PARSED = new Set(['.yml', '.yaml', '.json', '.tfstate'])
const PROGRAMS = /^\.[cm]?[jt]sx?$/

/** Documents by real path, for each import. */
const documents = new WeakMap<Resolver, Map<string, Node>>()

export const readFileVariable = (
  { parameters: [path = ''], address, origin }: Reference,
  resolver: Resolver,
): Lookup => {
  const text = `\${file(${path})${address === '' ? '' : `:${address}`}}`
  if (path === '') return unknown('unresolved', '${file()}', origin)
  if (PROGRAMS.test(extname(path))) return unknown('unresolved', `${text}, a program, which is not executed`, origin)
  const known = documents.get(resolver) ?? new Map<string, Node>()
  documents.set(resolver, known)
  const { files } = resolver.context
  // Paths are relative to the folder of the service, also in files that it includes.
  const from = { ...origin, file: resolver.root.origin.file }
  try {
    const { file } = files.locate(path, from)
    let document = known.get(file)
    if (document === undefined) {
      const source = files.readReferenced(path, from)
      document = PARSED.has(extname(path)) ? resolver.context.parse(source) : scalar(source.text, origin)
      known.set(file, document)
    }
    return address === '' ? resolver.evaluate(document) : resolver.find(document, address.split('.'))
  } catch (error) {
    if (!(error instanceof DocumentProblem) || error.class !== 'external') throw error
    // The file may exist where the service is deployed.
    if (error.message.includes('does not exist')) return { assumes: `file(${path})` }
    return unknown('external', `${text}, which ${error.message}`, origin)
  }
}
