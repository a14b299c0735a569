/** Loads the module of `HANDLER` and finds the authorizer function in it. @module */
import { readdirSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyFunction } from '@custom-authorizer/core'
import { suggestion } from '../arguments/nearest.ts'
import type { Host } from '../host.ts'
import { kindOf } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'
import { chooseExport } from './exports.ts'
import { type Failure, failureOf, failureText } from './failure.ts'

/** An authorizer function of the user. */
export interface Handler {
  /** Absolute path of its module. */
  readonly path: string
  /** The path as messages show it. */
  readonly file: string
  readonly exportName: string
  readonly authorize: AnyFunction
}

/** Extensions of modules. */
const EXTENSIONS: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'])
const TYPESCRIPT: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts'])

/** Splits `file#export`; a file whose name contains `#` is preferred. */
const split = (written: string, cwd: string): { file: string; wanted: string | undefined } => {
  const at = written.lastIndexOf('#')
  if (at < 0 || kindOf(written, cwd) === 'file') return { file: written, wanted: undefined }
  return { file: written.slice(0, at), wanted: written.slice(at + 1) }
}

const modulesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => EXTENSIONS.has(extname(name)))
  } catch {
    return []
  }
}

/** What to do if there is no such file: `index.handler`, as in the settings of a Lambda function, or a misspelled name. */
const missing = (file: string, path: string, cwd: string): UsageError => {
  const names = modulesIn(dirname(path))
  const stem = basename(path, extname(path))
  const sameStem = names.find((name) => basename(name, extname(name)) === stem)
  const message = `${file} does not exist.`
  if (sameStem !== undefined) {
    const shown = join(dirname(file), sameStem)
    const wanted = extname(path).slice(1)
    const isExport = wanted !== '' && !EXTENSIONS.has(`.${wanted}`)
    return new UsageError(`${message} Did you mean ${shown}${isExport ? `#${wanted}` : ''}?`)
  }
  return new UsageError(`${message}${suggestion(basename(path), names)}`, `HANDLER is a path relative to ${cwd}.`)
}

/** What to do about an error of a module, by its code. */
const ADVICE: Readonly<Partial<Record<string, string>>> = {
  ERR_MODULE_NOT_FOUND: 'Install the dependencies of the handler, and name imported files with their extension.',
  MODULE_NOT_FOUND: 'Install the dependencies of the handler.',
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX:
    'Node.js removes types, but does not compile enums, namespaces and parameter properties: compile the handler, or run the command with a loader, such as node --import tsx node_modules/.bin/custom-authorizer.',
}

const NO_TYPESCRIPT =
  'Compile it and name the JavaScript file, use Node.js 22.18 or later, or run the command with a loader, such as node --import tsx node_modules/.bin/custom-authorizer.'

const loadProblem = (file: string, failure: Failure): UsageError => {
  if (failure.code === 'ERR_UNKNOWN_FILE_EXTENSION' && TYPESCRIPT.has(extname(file)))
    return new UsageError(`${file} is TypeScript, which this Node.js does not load`, NO_TYPESCRIPT)
  const known = failure.code === undefined ? undefined : ADVICE[failure.code]
  // Node.js only prints the place of a syntax error of an ES module; the error itself does not have it.
  const isPlaceless = failure.class === 'SyntaxError' && failure.at === undefined
  const advice = isPlaceless
    ? `Correct the module; "node ${file}" prints the place.`
    : 'Correct the module; its top level must run without an error.'
  return new UsageError(`${file} does not load: ${failureText(failure)}`, known ?? advice)
}

/**
 * Loads `FILE` or `FILE#EXPORT`. Without an export: `handler`, else the default export, else the only exported function.
 *
 * @param version loads the module again if it was loaded with another version. Default: as loaded before.
 * @throws {UsageError} if there is no such file, it does not load, or it has no such function
 */
export const loadHandler = async (
  written: string,
  { cwd, importModule }: Pick<Host, 'cwd' | 'importModule'>,
  version: number = 0,
): Promise<Handler> => {
  const { file, wanted } = split(written, cwd)
  const path = resolve(cwd, file)
  const kind = kindOf(file, cwd)
  if (kind === 'folder') throw new UsageError(`${file} is a folder`, 'Name the file of the handler.')
  if (kind === 'missing') throw missing(file, path, cwd)
  let loaded: unknown
  try {
    loaded = await importModule(`${pathToFileURL(path).href}${version === 0 ? '' : `?version=${version}`}`)
  } catch (error) {
    throw loadProblem(file, failureOf(error, path, cwd))
  }
  return { path, file, ...chooseExport(file, loaded, wanted) }
}
