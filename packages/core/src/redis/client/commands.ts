/** One way to send commands, for all supported clients. @module */
import { check } from '../../contract.ts'

/**
 * Sends one command and returns its reply. Rejects with the error of the server or the client.
 *
 * @param args name and arguments of the command
 * @param key the key that decides on the node of a cluster
 */
export type SendCommand = (args: readonly string[], key: string) => Promise<unknown>

/** `Redis` and `Cluster` of ioredis, and of iovalkey. */
export interface CallingClient {
  call(command: string, ...args: string[]): Promise<unknown>
}

/** A client or a pool of the package `redis`. */
export interface SendingClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** A cluster of the package `redis`. */
export interface SendingCluster {
  readonly masters: unknown
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>
}

/** A Sentinel client of the package `redis`. */
export interface SendingSentinel {
  acquire(): Promise<unknown>
  sendCommand(isReadonly: boolean, args: string[]): Promise<unknown>
}

/** A client of ioredis, iovalkey or redis, or a function that sends commands with any other. */
export type RedisClient = CallingClient | SendingClient | SendingCluster | SendingSentinel | SendCommand

const ALLOWED = 'a client of ioredis, iovalkey or redis, or a function (args, key) that sends a command'

const methodOf = (client: unknown, name: string): boolean =>
  typeof client === 'object' && client !== null && typeof (client as Record<string, unknown>)[name] === 'function'

/** Whether a value is a supported client. */
export const isRedisClient = (client: unknown): string | undefined =>
  typeof client === 'function' || methodOf(client, 'call') || methodOf(client, 'sendCommand') ? undefined : ALLOWED

/**
 * Recognizes a client by its members, never by the name of a class (clients of ioredis have `sendCommand`, too, with other
 * parameters).
 *
 * @throws {AuthorizerError} `ERR_OPTION` if the client is not supported
 */
export const commandsOf = (where: string, client: RedisClient): SendCommand => {
  if (typeof client === 'function') return async (args, key) => client(args, key)
  if (methodOf(client, 'call')) {
    const caller = client as CallingClient
    return async ([command = '', ...args]) => caller.call(command, ...args)
  }
  if (!methodOf(client, 'sendCommand')) throw check.optionError(where, client, ALLOWED)
  if ('masters' in client) return async (args, key) => client.sendCommand(key, false, [...args])
  if (methodOf(client, 'acquire')) {
    const sentinel = client as SendingSentinel
    return async (args) => sentinel.sendCommand(false, [...args])
  }
  const sender = client as SendingClient
  return async (args) => sender.sendCommand([...args])
}
