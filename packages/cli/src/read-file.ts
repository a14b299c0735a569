/** Reads the JSON files that a user names. @module */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { JsonProblem, parseJson } from '@custom-authorizer/core/contract'
import type { Host } from './host.ts'
import { errorPlace } from './json-place.ts'
import { UsageError } from './usage-error.ts'

/** Larger files are not read. */
const MAX_BYTES = 16 * 1024 * 1024

const cannotRead = (name: string, error: unknown): UsageError => {
  const { code = 'unknown error' } = error as { readonly code?: string }
  return new UsageError(`${name} cannot be read: ${code}`)
}

/**
 * What a path leads to.
 *
 * @throws {UsageError} if it cannot be determined
 */
export const kindOf = (name: string, cwd: string): 'file' | 'folder' | 'missing' => {
  try {
    return statSync(resolve(cwd, name)).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw cannotRead(name, error)
  }
}

/** Reads a file completely. @throws {UsageError} */
export const readBytes = (name: string, cwd: string): Uint8Array => {
  const kind = kindOf(name, cwd)
  if (kind === 'missing') throw new UsageError(`${name} does not exist`, `The path is relative to ${cwd}.`)
  if (kind === 'folder') throw new UsageError(`${name} is a folder`)
  const path = resolve(cwd, name)
  if (statSync(path).size > MAX_BYTES) throw new UsageError(`${name} is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
  try {
    return readFileSync(path)
  } catch (error) {
    throw cannotRead(name, error)
  }
}

/**
 * Parses a JSON file that every parser reads alike.
 *
 * @param name the name of the file for messages
 * @throws {UsageError} with the place, if it is not JSON
 */
const parseFile = (bytes: Uint8Array, name: string): unknown => {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const parsed = parseJson(bytes.subarray(start), name)
  if (!(parsed instanceof JsonProblem)) return parsed
  if (!parsed.problem.endsWith('is not JSON')) throw new UsageError(parsed.problem)
  throw new UsageError(`${parsed.problem} (${errorPlace(new TextDecoder().decode(bytes.subarray(start)))})`)
}

/** Reads and parses a JSON file; `-` is standard input. @throws {UsageError} */
export const readJson = async (name: string, { cwd, stdin }: Host): Promise<unknown> =>
  name === '-' ? parseFile(await stdin(), 'standard input') : parseFile(readBytes(name, cwd), name)
