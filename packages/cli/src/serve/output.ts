/** What `serve` prints: lines for people, or one JSON object per line. @module */
import { type Decision, formatDecision } from '@custom-authorizer/core'
import type { Host } from '../host.ts'
import { jsonText } from '../output/json.ts'
import { printable } from '../output/text.ts'
import type { UsageError } from '../usage-error.ts'

/** Writes the events of a running server. */
export class ServeOutput {
  readonly #host: Host
  readonly #json: boolean

  constructor(host: Host, json: boolean) {
    this.#host = host
    this.#json = json
  }

  /** Prints an event with its text for people. */
  event(name: string, text: string, data: Readonly<Record<string, unknown>>): void {
    this.#host.stdout.write(this.#json ? this.#line(name, data) : `${text}\n`)
  }

  decision(decision: Decision): void {
    // JSON leaves out the function that explains.
    this.#host.stdout.write(
      this.#json ? this.#line('decision', { ...decision }) : `${printable(formatDecision(decision))}\n`,
    )
  }

  /** A problem with the definition, the functions or the service; the server goes on. */
  problem({ message, advice }: Pick<UsageError, 'message' | 'advice'>): void {
    if (this.#json) this.#host.stdout.write(this.#line('problem', { message, advice }))
    else this.#host.stderr.write(`${[message, ...advice].map(printable).join('\n')}\n`)
  }

  #line(name: string, data: Readonly<Record<string, unknown>>): string {
    return `${jsonText({ version: 1, command: 'serve', event: name, ...data }).replaceAll(/\n\s*/g, ' ')}\n`
  }
}
