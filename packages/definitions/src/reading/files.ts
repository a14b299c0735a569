/**
 * The files of an import. Reads only what the caller names, and what a file refers to below the base directory: nothing is
 * fetched or executed, and no environment variable is read (DEF-GEN-01, DEF-IN-20, DEF-IN-22).
 * @module
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Origin } from '../definition.ts'
import { DocumentProblem } from '../document/document-problem.ts'
import { LIMITS } from '../document/limits.ts'
import type { Source } from '../document/parse.ts'

const CODES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'is a loop of symbolic links',
}

/** Why the operating system refuses a file, without its own text. */
const refusal = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return CODES[code] ?? `cannot be read${code === '' ? '' : `: ${code}`}`
}

/** Reads files within bounds. */
export class Files {
  /** Real path of the base directory; `undefined` if there is none, and no file can be referred to. */
  readonly base: string | undefined
  /** Real folders of the files that were read, by their names. */
  readonly #folders = new Map<string, string>()
  #bytes = 0
  #count = 0

  constructor(base: string | undefined) {
    this.base = base === undefined ? undefined : realpathSync(base)
  }

  /** Whether a path is a folder, with a file of this name if one is given. */
  isFolder(path: string, containing?: string): boolean {
    const isFound = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    return isFound && (containing === undefined || existsSync(join(path, containing)))
  }

  /**
   * The name of a path that the caller has given: relative to the base directory if it is below, so that references can be
   * followed from it.
   */
  nameOf(path: string): string {
    if (this.base === undefined) return path
    let file: string
    try {
      file = realpathSync(path)
    } catch {
      return path
    }
    return isBelow(file, this.base) ? relative(this.base, file).split(sep).join('/') : path
  }

  /**
   * The names of the entries of a folder, sorted.
   *
   * @throws {DocumentProblem} class `external`
   */
  list(folder: string, from: Origin): readonly string[] {
    try {
      return readdirSync(folder).toSorted()
    } catch (error) {
      const details = { message: `refers to a folder that ${refusal(error)}`, advice: 'Correct the path.' }
      throw new DocumentProblem('DEF-IN-22', 'external', from, details)
    }
  }

  /**
   * Reads a file that the caller has named.
   *
   * @throws {DocumentProblem}
   */
  readNamed(path: string, name: string = path): Source {
    const text = this.#read(path, { file: name, line: 0, pointer: '' })
    this.#folders.set(name, dirname(realpathSync(path)))
    return { name, text }
  }

  /**
   * Reads a file that another file refers to: relative to `from`, and below the base directory.
   *
   * @param reference path as written
   * @throws {DocumentProblem} class `external` if it is anything else
   */
  readReferenced(reference: string, from: Origin): Source {
    const path = this.locate(reference, from)
    const text = this.#read(path.file, from)
    this.#folders.set(path.name, dirname(path.file))
    return { name: path.name, text }
  }

  /**
   * Finds a file or folder that another file refers to, without reading it.
   *
   * @returns its real path, and its name for messages
   * @throws {DocumentProblem} class `external`
   */
  locate(reference: string, from: Origin): { readonly file: string; readonly name: string } {
    const advice = 'Give the file to the importer, or put it below the base directory (baseDirectory).'
    const external = (message: string, code: string): DocumentProblem =>
      new DocumentProblem(code, 'external', from, { message, advice })
    if (/^[a-z][a-z\d+.-]*:/i.test(reference) && !/^[a-z]:[\\/]/i.test(reference))
      throw external(`refers to ${kindOf(reference)}, which is not fetched`, 'DEF-IN-20')
    if (this.base === undefined) throw external('refers to another file', 'DEF-IN-20')
    if (reference.includes('\0') || isAbsolute(reference)) throw external('refers to an absolute path', 'DEF-IN-22')
    const target = resolve(this.#folders.get(from.file) ?? this.base, reference)
    const outside = external('refers to a file outside of the base directory', 'DEF-IN-22')
    if (!isBelow(target, this.base)) throw outside
    let file: string
    try {
      file = realpathSync(target)
    } catch (error) {
      throw external(`refers to a file that ${refusal(error)}`, 'DEF-IN-22')
    }
    if (!isBelow(file, this.base)) throw outside
    return { file, name: relative(this.base, target).split(sep).join('/') }
  }

  #read(path: string, from: Origin): string {
    const problem = (kind: 'hostile' | 'malformed' | 'external', message: string, code: string): DocumentProblem =>
      new DocumentProblem(code, kind, from, { message, advice: 'Give a text file within the limits.' })
    let bytes: Uint8Array
    try {
      const status = statSync(path)
      if (!status.isFile()) throw problem('malformed', 'is not a file', 'DEF-IN-04')
      this.#count += 1
      this.#bytes += status.size
      if (status.size > LIMITS.fileBytes)
        throw problem('hostile', `is larger than ${LIMITS.fileBytes} bytes`, 'DEF-IN-07')
      if (this.#count > LIMITS.files) throw problem('hostile', `more than ${LIMITS.files} files`, 'DEF-IN-07')
      if (this.#bytes > LIMITS.totalBytes) throw problem('hostile', `more than ${LIMITS.totalBytes} bytes`, 'DEF-IN-07')
      bytes = readFileSync(path)
    } catch (error) {
      if (error instanceof DocumentProblem) throw error
      throw problem('external', refusal(error), 'DEF-IN-22')
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw problem('malformed', 'is not text in UTF-8', 'DEF-IN-04')
    }
  }
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(join(base, sep))

const kindOf = (reference: string): string => (/^s3:/i.test(reference) ? 'an S3 object' : 'a URL')
