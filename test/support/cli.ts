/** Runs the command line in this process, with files in a temporary folder. @module */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Clock } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { main } from '../../packages/cli/src/main.ts'

const { importModule } = createRequire(import.meta.url)('./import-module.cjs') as {
  readonly importModule: (url: string) => Promise<unknown>
}

/** What a command has printed, and its exit code. */
export interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What differs from a usual process. */
export interface Surroundings {
  readonly stdin?: string
  readonly colour?: boolean
  readonly clock?: Clock
  readonly version?: () => string
  readonly importModule?: (url: string) => Promise<unknown>
  readonly watch?: (paths: readonly string[], changed: () => void) => () => void
  /** Ends the command when it is aborted. Default: never. */
  readonly signal?: AbortSignal
  /** Receives each piece of output as it is printed. */
  readonly onOutput?: (text: string) => void
}

/** A folder with files of a user. */
export class CommandFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'cli-'))

  /** @param files texts by path in the folder; anything else than text is written as JSON */
  constructor(files: Readonly<Record<string, unknown>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  write(name: string, content: unknown): void {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  /** Runs a command in the folder. */
  async run(args: readonly string[], surroundings: Surroundings = {}): Promise<Printed> {
    let [stdout, stderr] = ['', '']
    const code = await main(args, {
      cwd: this.path,
      stdout: {
        write: (text) => {
          stdout += text
          surroundings.onOutput?.(text)
        },
      },
      stderr: { write: (text) => void (stderr += text) },
      colour: surroundings.colour ?? false,
      stdin: () => Promise.resolve(new TextEncoder().encode(surroundings.stdin ?? '')),
      version: surroundings.version ?? (() => '1.2.3'),
      importModule: surroundings.importModule ?? importModule,
      clock: surroundings.clock ?? systemClock,
      watch: surroundings.watch ?? (() => () => undefined),
      interruption: () => surroundings.signal ?? new AbortController().signal,
    })
    return { code, stdout, stderr }
  }

  /** Runs a command with `--json`, and parses its result. */
  async json(args: readonly string[], surroundings?: Surroundings): Promise<{ code: number; data: Json }> {
    const { code, stdout } = await this.run([...args, '--json'], surroundings)
    return { code, data: JSON.parse(stdout) as Json }
  }
}

/** The result of a command with `--json`; tests compare its members. */
export type Json = Readonly<Record<string, unknown>>
