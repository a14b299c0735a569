#!/usr/bin/env node
/** The program `custom-authorizer`. The only module that uses the process. @module */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { main } from './main.ts'
import type { ExitCode, Host } from './host.ts'
import { printable } from './output/text.ts'
import { watchFiles } from './watch-files.ts'

const { stdout, stderr } = process
const writeOut = stdout.write.bind(stdout)
const writeError = stderr.write.bind(stderr)
// What functions of the user print must not end up in the result: it may be JSON that another program reads.
stdout.write = writeError

/** The first signal ends the command, the second one the process. */
const interruption = (): AbortSignal => {
  const ended = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort())
  return ended.signal
}

const readStdin = async (): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

const readVersion = (): string => {
  // Arguments name a link in `node_modules/.bin`; the package may refer to itself by its name.
  const require = createRequire(realpathSync(process.argv[1] as string))
  return (require('@custom-authorizer/cli/package.json') as { readonly version: string }).version
}

const host: Host = {
  cwd: process.cwd(),
  stdout: { write: (text) => void writeOut(text) },
  stderr: { write: (text) => void writeError(text) },
  colour: stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
  stdin: readStdin,
  version: readVersion,
  importModule: (url) => {
    // Node.js keeps a CommonJS module by its path, without the query.
    if (url.includes('?')) delete createRequire(import.meta.url).cache[fileURLToPath(url.replace(/\?.*$/s, ''))]
    return import(url) as Promise<unknown>
  },
  watch: watchFiles,
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimeout: (callback, ms) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
  },
  interruption,
}

let finished = false

/** Ends the process when everything is written, also if functions of the user keep connections or timers. */
const end = (code: ExitCode): void => {
  finished = true
  writeOut('', (error) => writeError('', () => process.exit(error ? 2 : code)))
}

const fail = (text: string): void => {
  if (finished) return
  writeError(`custom-authorizer: ${printable(text)}\n`)
  end(2)
}
process.on('uncaughtException', (error: unknown) => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `a value of type ${typeof error}`
  fail(`an error outside of a call ended the command: ${text}`)
})
// A pipe such as `| head` may be closed before everything is written.
stdout.on('error', () => {
  finished = true
  process.exit(2)
})
process.on('exit', () => {
  if (finished) return
  writeError(
    'custom-authorizer: there is no result: the handler ended the process, or waits for something that never happens\n',
  )
  process.exitCode = 2
})

void main(process.argv.slice(2), host).then(end)
