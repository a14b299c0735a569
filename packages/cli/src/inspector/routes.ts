/** Answers the requests to the inspector. @module */
import { createHash } from 'node:crypto'
import type { Access } from './access.ts'
import { type ActionContext, ACTIONS, runAction } from './actions.ts'
import { ICON } from './client/icon.ts'
import { pageHtml } from './client/page.ts'
import { SCRIPT } from './client/script.ts'
import { STYLE } from './client/style.ts'
import { jsonReply, type PageRequest, type Reply, textReply } from './exchange.ts'
import type { LiveStreams } from './live.ts'
import { detailOf, rowOf } from './views.ts'

/** What the routes read. */
export interface RouteContext extends ActionContext {
  readonly access: Access
  readonly live: LiveStreams
  readonly basePath: string
  readonly maxDecisions: number
  /** Identifies this process, so that the page notices a restart. */
  readonly run: string
  readonly random: (bytes: number) => Uint8Array
}

type Route = (context: RouteContext, request: PageRequest) => Reply

const asset =
  (type: string, body: string): Route =>
  () => ({ status: 200, type, body })

const integrity = (text: string): string => `sha384-${createHash('sha384').update(text).digest('base64')}`

const page: Route = ({ basePath, random }) => {
  const nonce = Buffer.from(random(16)).toString('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: pageHtml({ basePath, nonce, script: integrity(SCRIPT), style: integrity(STYLE) }),
    headers: { 'Content-Security-Policy': policy.join('; ') },
  }
}

const state: Route = ({ authorizers, recorder, usage, showContext, maxDecisions, run }) =>
  jsonReply(200, {
    version: 1,
    run,
    authorizers: authorizers.map(({ name }) => name),
    maxDecisions,
    showContext,
    hasUsage: usage !== undefined,
    lastId: recorder.lastId,
    rows: recorder.after(0).map(rowOf),
  })

const decision: Route = ({ recorder }, { query }) => {
  const id = query.get('id') ?? ''
  const entry = /^\d{1,15}$/.test(id) ? recorder.decision(Number(id)) : undefined
  return entry === undefined
    ? jsonReply(404, { error: 'this decision is no longer kept' })
    : jsonReply(200, detailOf(entry))
}

const events: Route = ({ live }, request) =>
  live.open(request.headers('last-event-id')[0] ?? request.query.get('after') ?? '')

/** The routes that are read, by their path. */
const PAGES: Readonly<Record<string, Route>> = {
  '/': page,
  '/client.js': asset('text/javascript; charset=utf-8', SCRIPT),
  '/style.css': asset('text/css; charset=utf-8', STYLE),
  '/icon.svg': asset('image/svg+xml', ICON),
  '/api/state': state,
  '/api/decision': decision,
  '/api/events': events,
}

/** Answers one request. Checks in this order: place, session, path, method, origin. */
export const answer = async (context: RouteContext, request: PageRequest): Promise<Reply> => {
  const { access } = context
  const rejected = access.rejectPlace(request)
  if (rejected !== undefined) return rejected
  const { method, path } = request
  const reads = method === 'GET' || method === 'HEAD'
  const login = path === '/' && reads ? access.login(request) : undefined
  if (login !== undefined) return login
  if (!access.hasSession(request)) return access.unauthorized()
  // Paths begin with a slash, so that no member of a prototype is found.
  const route = PAGES[path]
  const action = ACTIONS[path]
  if (route === undefined && action === undefined) return textReply(404, 'Not found.')
  if (route === undefined ? method !== 'POST' : !reads)
    return textReply(405, 'Method not allowed.', { Allow: route === undefined ? 'POST' : 'GET, HEAD' })
  const foreign = path.startsWith('/api/') ? access.rejectData(request) : undefined
  if (foreign !== undefined) return foreign
  if (route !== undefined) return route(context, request)
  return action === undefined ? textReply(404, 'Not found.') : runAction(action, context, request)
}
