/** Serves the inspector with web-standard requests, for Hono. @module */
import { check, readBoundedBody } from '@custom-authorizer/core/contract'
import {
  type Body,
  headersOf,
  MAX_BODY_BYTES,
  type PageRequest,
  type Peer,
  type Reply,
  type StreamReply,
} from './exchange.ts'
import { type PageTarget, targetBelow } from './target.ts'

/** Events that a slow client may leave unread before its stream is ended. */
const MAX_UNREAD_EVENTS = 50

/** The socket's peer, which `@hono/node-server` passes in `env.incoming`. */
const peerOf = (env: unknown): Peer => {
  const socket = check.isRecord(env) && check.isRecord(env['incoming']) ? env['incoming']['socket'] : undefined
  if (typeof socket !== 'object' || socket === null) return { known: false }
  const { remoteAddress } = socket as { readonly remoteAddress?: unknown }
  return { known: true, address: typeof remoteAddress === 'string' ? remoteAddress : undefined }
}

const readBody = async (request: Request): Promise<Body> => {
  if (request.bodyUsed) return { failure: 'UNREADABLE' }
  if (request.body === null) return { text: '' }
  try {
    const body = await readBoundedBody(request.body, { maxBytes: MAX_BODY_BYTES })
    if (typeof body !== 'string') return { text: Buffer.from(body).toString('utf8') }
    return { failure: body === 'TOO_LARGE' ? 'TOO_LARGE' : 'UNREADABLE' }
  } catch {
    return { failure: 'UNREADABLE' }
  }
}

/** The path below the inspector. `mount` of Hono has removed the base path. */
const targetOf = (basePath: string, { pathname, search }: URL): PageTarget =>
  targetBelow(basePath, `${pathname}${search}`) ?? { path: pathname, query: new URLSearchParams(search) }

/** The request as the inspector reads it. */
export const fromFetch = (basePath: string, request: Request, env: unknown): PageRequest => {
  const url = new URL(request.url)
  return {
    method: request.method,
    ...targetOf(basePath, url),
    peer: peerOf(env),
    headers: (name) => {
      const value = request.headers.get(name) ?? (name === 'host' ? url.host : undefined)
      return value === undefined ? [] : [value]
    },
    body: () => readBody(request),
  }
}

const streamOf = ({ start }: StreamReply): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let isOpen = true
  let stop: (() => void) | undefined
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      stop = start({
        send: (text) => {
          if (!isOpen) return false
          controller.enqueue(encoder.encode(text))
          return (controller.desiredSize ?? 0) > -MAX_UNREAD_EVENTS
        },
        end: () => {
          if (isOpen) controller.close()
          isOpen = false
        },
      })
    },
    cancel: () => {
      isOpen = false
      stop?.()
    },
  })
}

/** The reply as a `Response`. */
export const toResponse = (request: Request, reply: Reply): Response => {
  const isStream = 'start' in reply
  const status = isStream ? 200 : reply.status
  const headers = headersOf(reply)
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  return new Response(isStream ? streamOf(reply) : reply.body, { status, headers })
}
