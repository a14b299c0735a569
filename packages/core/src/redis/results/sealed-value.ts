/** Results as encrypted, authenticated text (FLEET-63, FLEET-64). @module */
import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { parsePosition, type Position, positionText } from './position.ts'
import type { DerivedKeys } from '../secrets.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const DAY_MS = 86_400_000
/** Maximum length of a value in characters. */
const MAX_VALUE_LENGTH = 65_536

/** A result, and what decides whether it may be used. */
export interface Sealed {
  readonly epoch: string
  readonly position: Position
  /** Time of the server at which the result was obtained, in milliseconds since the epoch. */
  readonly writtenAt: number
  readonly ttlMs: number
  readonly text: string
}

/** Encrypts and decrypts results. A value is bound to its key in Redis and to its header. */
export class Sealer {
  readonly #keys: DerivedKeys
  /** The keys of the latest days. */
  readonly #days = new Map<number, Uint8Array>()

  constructor(keys: DerivedKeys) {
    this.#keys = keys
  }

  /** Returns `undefined` if the value is too large. */
  seal(redisKey: string, { epoch, position, writtenAt, ttlMs, text }: Sealed): string | undefined {
    const header = `v1.${this.#keys.id}.${epoch}.${positionText(position)}.${writtenAt}.${ttlMs}`
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#dayKey(writtenAt), nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(dataOf(redisKey, header))
    const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    const value = [header, ...[nonce, encrypted, cipher.getAuthTag()].map((each) => each.toString('base64url'))].join(
      '.',
    )
    return value.length > MAX_VALUE_LENGTH ? undefined : value
  }

  /** Returns `undefined` if the value was not written by a holder of the secret for this key. */
  open(redisKey: string, value: string | undefined): Sealed | undefined {
    if (value === undefined || value.length > MAX_VALUE_LENGTH) return undefined
    const [version, id, epoch = '', position, writtenAt = '', ttlMs = '', nonce = '', encrypted = '', tag = '', rest] =
      value.split('.')
    const at = parsePosition(position)
    if (version !== 'v1' || id !== this.#keys.id || at === undefined || rest !== undefined) return undefined
    if (!/^\d{1,15}$/.test(writtenAt) || !/^\d{1,15}$/.test(ttlMs)) return undefined
    try {
      const key = this.#dayKey(Number(writtenAt))
      const decipher = createDecipheriv(CIPHER, key, bytesOf(nonce, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(dataOf(redisKey, value.slice(0, value.length - nonce.length - encrypted.length - tag.length - 3)))
      decipher.setAuthTag(bytesOf(tag, TAG_BYTES))
      const text = decipher.update(encrypted, 'base64url', 'utf8') + decipher.final('utf8')
      return { epoch, position: at, writtenAt: Number(writtenAt), ttlMs: Number(ttlMs), text }
    } catch {
      return undefined
    }
  }

  #dayKey(writtenAt: number): Uint8Array {
    const day = Math.floor(writtenAt / DAY_MS)
    let key = this.#days.get(day)
    if (key === undefined) {
      key = this.#keys.dayKey(day)
      if (this.#days.size >= 4) this.#days.clear()
      this.#days.set(day, key)
    }
    return key
  }
}

const dataOf = (redisKey: string, header: string): Uint8Array => Buffer.from(`${redisKey}\n${header}`)

const bytesOf = (text: string, length: number): Uint8Array => {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== length) throw new RangeError('wrong length')
  return bytes
}
