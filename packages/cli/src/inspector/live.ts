/** Sends new decisions to the pages that are open, as server-sent events. @module */
import type { Clock } from '@custom-authorizer/core'
import type { StreamClient, StreamReply, TextReply } from './exchange.ts'
import { textReply } from './exchange.ts'
import type { Recorder } from './recorder.ts'
import { rowOf } from './views.ts'

const MAX_CLIENTS = 8
/** Milliseconds in which messages are collected, so that a busy service does not flood the page. */
const BATCH_MS = 100
/** Maximum number of messages in one event. The newest are sent. */
const MAX_BATCH = 200
const HEARTBEAT_MS = 15_000

interface Reader {
  readonly client: StreamClient
  /** Position of the last message that was sent. */
  sent: number
}

/** The open streams. */
export class LiveStreams {
  readonly #recorder: Recorder
  readonly #clock: Clock
  /** Identifies this process in positions: after a restart, they begin again. */
  readonly #run: string
  readonly #readers = new Set<Reader>()
  #cancelBatch: (() => void) | undefined
  #cancelHeartbeat: (() => void) | undefined

  constructor(recorder: Recorder, clock: Clock, run: string) {
    this.#recorder = recorder
    this.#clock = clock
    this.#run = run
    recorder.onEntry = () => this.#schedule()
  }

  /** Opens a stream that begins after a position, such as `a1b2.17`; with all messages if it is of another run. */
  open(position: string): StreamReply | TextReply {
    if (this.#readers.size >= MAX_CLIENTS) return textReply(503, 'Too many pages of the inspector are open.')
    const [run, id] = position.split('.')
    const sent = run === this.#run && /^\d{1,15}$/.test(id ?? '') ? Number(id) : 0
    return { type: 'text/event-stream', start: (client) => this.#start({ client, sent }) }
  }

  close(): void {
    for (const { client } of this.#readers) client.end()
    this.#readers.clear()
    this.#stopTimers()
  }

  #start(reader: Reader): () => void {
    // Between `open` and `start` others may have taken the last place.
    if (this.#readers.size >= MAX_CLIENTS) {
      reader.client.end()
      return () => undefined
    }
    this.#readers.add(reader)
    this.#send(reader, 'retry: 2000\n\n')
    this.#update(reader)
    this.#cancelHeartbeat ??= this.#clock.setTimeout(this.#beat, HEARTBEAT_MS)
    return () => this.#remove(reader)
  }

  #schedule(): void {
    if (this.#readers.size === 0) return
    this.#cancelBatch ??= this.#clock.setTimeout(() => {
      this.#cancelBatch = undefined
      for (const reader of this.#readers) this.#update(reader)
    }, BATCH_MS)
  }

  #update(reader: Reader): void {
    const entries = this.#recorder.after(reader.sent)
    const last = entries.at(-1)
    if (last === undefined) return
    const rows = entries.slice(-MAX_BATCH).map(rowOf)
    const skipped = last.id - reader.sent - rows.length
    reader.sent = last.id
    const data = JSON.stringify({ run: this.#run, rows, skipped })
    this.#send(reader, `id: ${this.#run}.${last.id}\nevent: entries\ndata: ${data}\n\n`)
  }

  readonly #beat = (): void => {
    this.#cancelHeartbeat = undefined
    for (const reader of this.#readers) this.#send(reader, ':\n\n')
    if (this.#readers.size > 0) this.#cancelHeartbeat = this.#clock.setTimeout(this.#beat, HEARTBEAT_MS)
  }

  #send(reader: Reader, text: string): void {
    if (reader.client.send(text)) return
    this.#remove(reader)
    reader.client.end()
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader)
    if (this.#readers.size === 0) this.#stopTimers()
  }

  #stopTimers(): void {
    this.#cancelBatch?.()
    this.#cancelHeartbeat?.()
    this.#cancelBatch = undefined
    this.#cancelHeartbeat = undefined
  }
}
