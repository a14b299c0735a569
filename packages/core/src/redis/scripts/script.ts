/** Runs scripts in Redis. @module */
import { createHash } from 'node:crypto'
import type { SendCommand } from '../client/commands.ts'
import { hasErrorCode } from '../client/reply-values.ts'

/** A Lua script. */
export class Script {
  readonly #text: string
  #digest: string | undefined = undefined

  constructor(text: string) {
    this.#text = text
  }

  /**
   * Runs the script by its digest, and once more with its text if the server does not have it (FLEET-46). The first command has not
   * run then. Nothing else is sent again.
   *
   * @param keys all keys that the script uses, in one slot
   */
  async run(send: SendCommand, keys: readonly [string, ...string[]], args: readonly string[]): Promise<unknown> {
    const digest = (this.#digest ??= createHash('sha1').update(this.#text).digest('hex'))
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await send(['EVALSHA', digest, ...rest], keys[0])
    } catch (error) {
      if (!hasErrorCode(error, 'NOSCRIPT')) throw error
    }
    return send(['EVAL', this.#text, ...rest], keys[0])
  }
}
