/**
 * The files of an import. Reads only what the caller names, and what a file refers to below the base directory: nothing is
 * fetched or executed, and no environment variable is read (DEF-GEN-01, DEF-IN-20, DEF-IN-22).
 * @module
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
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

const GIVE_TEXT = 'Give a text file within the limits.'

/** Why a file cannot be read, without the text of the operating system. */
const reasonOf = (error: unknown): string => {
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
    this.base = base === undefined ? undefined : realFolder(base)
  }

  /** Whether a path is a folder, with a file of this name if one is given. */
  isFolder(path: string, containing?: string): boolean {
    const isFound = isDirectory(path)
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
      const details = { message: `refers to a folder that ${reasonOf(error)}`, advice: 'Correct the path.' }
      throw new DocumentProblem('DEF-IN-22', 'external', from, details)
    }
  }

  /**
   * Reads a file that the caller has named.
   *
   * @throws {DocumentProblem}
   */
  readNamed(path: string, name: string = path): Source {
    const from = { file: name, line: 0, pointer: '' }
    const text = this.#read(path, from)
    this.#folders.set(name, dirname(real(path, from)))
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
    const text = this.#read(path.file, from, `refers to the file ${JSON.stringify(path.name)}, which `)
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
      throw external(`refers to the file ${JSON.stringify(reference)}, which ${reasonOf(error)}`, 'DEF-IN-22')
    }
    if (!isBelow(file, this.base)) throw outside
    const name = relative(this.base, target).split(sep).join('/')
    // A file that the caller has named can have the same name, and another folder.
    const folder = this.#folders.get(name)
    return { file, name: folder === undefined || folder === dirname(file) ? name : file }
  }

  /**
   * Counts a text that the caller gives instead of a file.
   *
   * @throws {DocumentProblem} class `hostile`
   */
  accept({ name, text }: Source): void {
    this.#take(Buffer.byteLength(text), { file: name, line: 0, pointer: '' })
  }

  #read(path: string, from: Origin, subject = ''): string {
    const problem = (kind: 'malformed' | 'external', message: string, code: string): DocumentProblem =>
      new DocumentProblem(code, kind, from, { message: subject + message, advice: GIVE_TEXT })
    let bytes: Uint8Array
    try {
      // Before it is opened: opening a device can have effects.
      if (!statSync(path).isFile()) throw problem('malformed', 'is not a file', 'DEF-IN-04')
      bytes = this.#bytesOf(path, from, subject)
    } catch (error) {
      if (error instanceof DocumentProblem) throw error
      throw problem('external', reasonOf(error), 'DEF-IN-22')
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw problem('malformed', 'is not text in UTF-8', 'DEF-IN-04')
    }
  }

  /** The content of a file. Never waits for one, and reads no more than the limit, also if the file reports a smaller size. */
  #bytesOf(path: string, from: Origin, subject: string): Uint8Array {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (fstatSync(file).size > LIMITS.fileBytes) this.#take(LIMITS.fileBytes + 1, from, subject)
      const buffer = Buffer.alloc(LIMITS.fileBytes + 1)
      let length = 0
      for (let read = -1; read !== 0 && length < buffer.length; length += read)
        read = readSync(file, buffer, length, buffer.length - length, null)
      this.#take(length, from, subject)
      return buffer.subarray(0, length)
    } finally {
      closeSync(file)
    }
  }

  #take(bytes: number, from: Origin, subject = ''): void {
    const hostile = (message: string): DocumentProblem =>
      new DocumentProblem('DEF-IN-07', 'hostile', from, { message: subject + message, advice: GIVE_TEXT })
    this.#count += 1
    this.#bytes += bytes
    if (bytes > LIMITS.fileBytes) throw hostile(`is larger than ${LIMITS.fileBytes} bytes`)
    if (this.#count > LIMITS.files) throw hostile(`is one of more than ${LIMITS.files} files`)
    if (this.#bytes > LIMITS.totalBytes) throw hostile(`is a part of more than ${LIMITS.totalBytes} bytes`)
  }
}

/** Whether a path is a folder; `false` if it cannot be found out. */
export const isDirectory = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** The real path of a folder; `undefined` if it does not exist. */
const realFolder = (path: string): string | undefined => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** The real path of a file. */
const real = (path: string, from: Origin): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    throw new DocumentProblem('DEF-IN-22', 'external', from, { message: reasonOf(error), advice: GIVE_TEXT })
  }
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(join(base, sep))

const kindOf = (reference: string): string => (/^s3:/i.test(reference) ? 'an S3 object' : 'a URL')
