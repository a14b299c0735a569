/** Reads the body of a web request or response into memory, up to a limit. @module */

/** Limits of {@link readBoundedBody}. */
export interface BodyBounds {
  readonly maxBytes: number
  /** Cancels the stream when aborted. */
  readonly signal?: AbortSignal | undefined
  /** Reserves memory for the next bytes; `false` stops the read. Default: no reservation. */
  readonly hold?: ((bytes: number) => boolean) | undefined
}

/**
 * Why a body was not read: it is longer than `maxBytes`, `hold` returned `false`, the signal was aborted, or the stream has
 * chunks that are not bytes.
 */
export type BodyFailure = 'TOO_LARGE' | 'NOT_HELD' | 'ABORTED' | 'NOT_BYTES'

const concat = (chunks: readonly Uint8Array[], length: number): Uint8Array => {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/**
 * Reads a stream to its end. `null`, as in `response.body`, is an empty body. A read that stops at a limit cancels the stream.
 *
 * @throws the error of the stream
 */
export const readBoundedBody = async (
  stream: ReadableStream<Uint8Array> | null,
  { maxBytes, signal, hold }: BodyBounds,
): Promise<Uint8Array | BodyFailure> => {
  if (stream === null) return new Uint8Array()
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  // The chunks are released at once, because a pending read may keep this frame in memory until the stream ends.
  const drop = (): void => {
    chunks.length = 0
    void reader.cancel().catch(() => undefined)
  }
  signal?.addEventListener('abort', drop, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (signal?.aborted === true) return 'ABORTED'
      if (done) return concat(chunks, length)
      if (!((value as unknown) instanceof Uint8Array)) return 'NOT_BYTES'
      length += value.length
      if (length > maxBytes || hold?.(value.length) === false) {
        drop()
        return length > maxBytes ? 'TOO_LARGE' : 'NOT_HELD'
      }
      chunks.push(value)
    }
  } finally {
    signal?.removeEventListener('abort', drop)
  }
}
