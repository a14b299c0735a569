/** Closes connections at the end of the validity of their credentials (SEC-124). @module */
import type { Duplex } from 'node:stream'
import type { AuthorizerContext, Clock } from '../../index.ts'
import { resultOfContext } from '../../contract.ts'

/** Longest wait in milliseconds: corrections of the wall clock take effect within this time. Timers allow at most 24 days. */
const MAX_WAIT_MS = 3_600_000

/** Time in milliseconds for a client to close its side of the connection. */
const GRACE_MS = 1000

/** Frame of a server that closes a WebSocket with the status 1008, policy violation (RFC 6455, section 5.5.1). */
const CLOSE_FRAME = Uint8Array.of(0x88, 0x02, 0x03, 0xf0)

const ignore = (): void => undefined

/** Calls `act` once the wall clock has reached `time`, in milliseconds since the epoch. Returns a function that cancels it. */
const callAt = (time: number, clock: Clock, act: () => void): (() => void) => {
  let cancel = ignore
  const check = (): void => {
    const leftMs = time - clock.now()
    if (leftMs <= 0) act()
    else wait(leftMs)
  }
  const wait = (leftMs: number): void => {
    cancel = clock.setTimeout(check, Math.min(Math.max(leftMs, 0), MAX_WAIT_MS))
  }
  wait(time - clock.now())
  return () => cancel()
}

/**
 * Calls `close` at `expiresAt` of the result, never before this function returns. Returns a function that cancels it. Does nothing
 * if the result does not expire.
 */
export const atExpiry = (context: AuthorizerContext, clock: Clock, close: () => void): (() => void) => {
  const expiresAt = resultOfContext(context)?.expiresAt
  return expiresAt === undefined ? ignore : callAt(expiresAt, clock, close)
}

const bytesWritten = (socket: Duplex): unknown => (socket as { readonly bytesWritten?: unknown }).bytesWritten

const closeSocket = (socket: Duplex, clock: Clock, sendsFrame: boolean): void => {
  // Its owner may write to the socket after its end, which must not end the process.
  socket.on('error', ignore)
  // No further message reaches the application.
  socket.removeAllListeners('data')
  socket.removeAllListeners('readable')
  const expired = (): void => void socket.destroy(new Error('the credential of this connection has expired'))
  if (!sendsFrame || !socket.writable) return expired()
  socket.once('end', () => socket.destroy())
  socket.once('close', clock.setTimeout(expired, GRACE_MS))
  socket.resume()
  socket.end(CLOSE_FRAME)
}

/**
 * Closes an upgraded connection at `expiresAt` of the result: a WebSocket with a close frame, another protocol without. To be
 * called before the handshake.
 */
export const closeAtExpiry = (
  socket: Duplex,
  {
    context,
    clock,
    isWebSocket,
  }: { readonly context: AuthorizerContext; readonly clock: Clock; readonly isWebSocket: boolean },
): void => {
  const before = bytesWritten(socket)
  const cancel = atExpiry(context, clock, () =>
    // Before the handshake the client expects no frame.
    closeSocket(socket, clock, isWebSocket && bytesWritten(socket) !== before),
  )
  socket.once('close', cancel)
}
