/** The inspector: a page on which a developer watches the decisions of authorizers. @module */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authorizer } from '@custom-authorizer/core'
import { systemClock, unsafeOptionsIn } from '@custom-authorizer/core/contract'
import { Access } from './access.ts'
import { type PageRequest, type Reply, textReply } from './exchange.ts'
import { fromFetch, toResponse } from './fetch.ts'
import { LiveStreams } from './live.ts'
import { fromNode, writeToNode } from './node.ts'
import { checkInspected, checkInspectorOptions, INSPECTOR_UNSAFE_OPTIONS, type InspectorOptions } from './options.ts'
import { Recorder } from './recorder.ts'
import { answer, type RouteContext } from './routes.ts'
import { targetBelow } from './target.ts'

export type { InspectorOptions } from './options.ts'

/** The page, as a handler of `node:http` and middleware of Express. Other requests are passed to `next`. */
export interface Inspector {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  /** The path of the page with its token. Print it after the origin, for the developer only. */
  readonly url: string
  /** Serves a web-standard request: `app.mount('/__authorizer', page.fetch)` of Hono. Never rejects. */
  readonly fetch: (request: Request, env?: unknown) => Promise<Response>
  /** Stops recording, ends the streams of open pages, and passes all further requests to `next`. */
  readonly close: () => void
}

const WARNING =
  'the inspector is active: it shows paths, principal IDs and policies of requests to everyone who has its address. Do not use it in production'

/**
 * Creates a page that shows decisions live and explains them, sends test requests and invalidates cached results. For
 * development: the page needs the token in `url`, and serves this machine only. It never shows the value of an identity source.
 *
 * @param inspected the authorizer, or a list. Members of compositions are included
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 * @example
 * const page = inspector(authorizer)
 * app.use('/__authorizer', page) // before the guard
 * app.listen(3000, () => console.log(`http://localhost:3000${page.url}`))
 */
export const inspector = (
  inspected: Authorizer<unknown> | readonly Authorizer<unknown>[],
  options: InspectorOptions = {},
): Inspector => {
  const authorizers = checkInspected(inspected)
  const {
    clock = systemClock,
    random = randomBytes,
    basePath = '/__authorizer',
    ...rest
  } = checkInspectorOptions(options)
  const { maxDecisions = 500, allowRemote = false, hosts = [], showContext = false, usage } = rest
  const token = rest.token ?? Buffer.from(random(32)).toString('base64url')
  const run = Buffer.from(random(6)).toString('base64url')
  for (const line of [WARNING, ...unsafeOptionsIn('inspector', options, INSPECTOR_UNSAFE_OPTIONS)])
    authorizers[0]?.report('NOTE', line)
  const recorder = new Recorder(authorizers, clock, maxDecisions)
  const live = new LiveStreams(recorder, clock, run)
  const access = new Access({ token, basePath, allowRemote, hosts })
  const context: RouteContext = {
    authorizers,
    recorder,
    live,
    access,
    usage,
    showContext,
    basePath,
    maxDecisions,
    run,
    random,
  }
  let isOpen = true

  const replyTo = (request: PageRequest): Promise<Reply> =>
    answer(context, request).catch(() => textReply(500, 'The inspector has failed.'))

  const serve = (incoming: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void => {
    // Express removes the path of a mount from `url`.
    const { originalUrl } = incoming as { readonly originalUrl?: string }
    const target = isOpen ? targetBelow(basePath, originalUrl ?? incoming.url ?? '') : undefined
    if (target !== undefined)
      void replyTo(fromNode(incoming, target)).then((reply) => writeToNode(incoming, response, reply))
    else if (next === undefined) writeToNode(incoming, response, textReply(404, 'Not found.'))
    else next()
  }

  return Object.assign(serve, {
    url: `${basePath}/?token=${token}`,
    fetch: async (request: Request, env?: unknown): Promise<Response> => {
      const reply = isOpen ? await replyTo(fromFetch(basePath, request, env)) : textReply(404, 'Not found.')
      return toResponse(request, reply)
    },
    close: () => {
      isOpen = false
      live.close()
      recorder.close()
    },
  })
}
