/**
 * Generates load: each connection sends its next request as soon as a response has arrived. It uses sockets without an HTTP
 * client, so that this process is not the bottleneck. Connections to several servers stay open at the same time.
 */
import { handleCommands } from '../commands.mjs'
import { Connection } from './connection.mjs'
import { Handshakes } from './handshakes.mjs'
import { LOADS } from './loads.mjs'

const CONNECTIONS = 32

/** The connections to one server. */
class Target {
  #connections
  #requests
  #next = 0
  #onResponse = () => undefined
  #onError = () => undefined

  constructor({ port, load, authorization }) {
    this.#requests = LOADS[load](port, authorization)
    const Kind = load === 'handshakes' ? Handshakes : Connection
    const onResponse = (connection) => this.#onResponse(connection)
    const onError = (error) => this.#onError(error)
    this.#connections = Array.from({ length: CONNECTIONS }, () => new Kind(port, onResponse, onError))
  }

  #send(connection) {
    connection.send(this.#requests[this.#next])
    this.#next = (this.#next + 1) % this.#requests.length
  }

  /** Sends on every connection until `isOver(sent)`, then waits for the last responses. Returns the number of requests. */
  drive(isOver) {
    return new Promise((resolve, reject) => {
      let sent = 0
      let received = 0
      const sendUnlessOver = (connection) => {
        if (isOver(sent)) return false
        sent++
        this.#send(connection)
        return true
      }
      this.#onError = reject
      this.#onResponse = (connection) => {
        received++
        if (!sendUnlessOver(connection) && received === sent) resolve(sent)
      }
      for (const connection of this.#connections) sendUnlessOver(connection)
    })
  }

  close() {
    for (const connection of this.#connections) connection.close()
  }
}

const targets = new Map()

const driveFor = async (target, seconds) => {
  const started = performance.now()
  const requests = await target.drive((sent) => sent % 8 === 0 && performance.now() - started > seconds * 1000)
  return { requests, seconds: (performance.now() - started) / 1000 }
}

const warmUp = (target, seconds, requests) => {
  const end = performance.now() + seconds * 1000
  return target.drive((sent) => sent >= requests && performance.now() > end)
}

handleCommands({
  connect: ({ id, ...server }) => void targets.set(id, new Target(server)),
  /** Drives one server for some seconds. */
  drive: ({ id, seconds }) => driveFor(targets.get(id), seconds),
  /** Drives one server for some seconds, and at least this many requests. */
  warmUp: ({ id, seconds, requests }) => warmUp(targets.get(id), seconds, requests),
  /** Sends a number of requests. */
  send: ({ id, requests }) => targets.get(id).drive((sent) => sent >= requests),
  close: () => {
    for (const target of targets.values()) target.close()
    targets.clear()
  },
})
