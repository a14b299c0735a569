/** What the page can do: invalidate results, look up usage, send test requests. @module */
import { type Authorizer, AuthorizerError } from '@custom-authorizer/core'
import { check, JsonProblem, parseJson } from '@custom-authorizer/core/contract'
import { jsonReply, type PageRequest, type TextReply, textReply } from './exchange.ts'
import type { InspectorOptions } from './options.ts'
import type { Recorder } from './recorder.ts'
import { testRequest } from './test-request.ts'
import { detailOf, outcomeView } from './views.ts'

/** What the actions work on. */
export interface ActionContext {
  readonly authorizers: readonly Authorizer<unknown>[]
  readonly recorder: Recorder
  readonly usage: InspectorOptions['usage']
  readonly showContext: boolean
}

/** One action: receives the parsed body. */
export type Action = (context: ActionContext, input: unknown, request: PageRequest) => Promise<TextReply>

const failed = (status: number, error: string): TextReply => jsonReply(status, { error })

const authorizerOf = ({ authorizers }: ActionContext, input: unknown): Authorizer<unknown> | undefined => {
  const source = check.ownMember(input, 'source')
  return typeof source === 'number' ? authorizers[source] : undefined
}
const NO_AUTHORIZER = failed(400, 'source: the number of an authorizer')

/** Longest principal ID that decisions show in full. */
const MAX_PRINCIPAL = 2048

/** Reverses the escapes of `decision.principalId`. A text that may have been cut off is no principal ID. */
const unescaped = (shown: string): string | undefined => {
  const text = shown.replaceAll(/\\u([\da-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return text.length < MAX_PRINCIPAL ? text : undefined
}

/** Of the recorded decision that the page names, or as it was typed. */
const principalOf = ({ recorder }: ActionContext, input: unknown): string | undefined => {
  const id = check.ownMember(input, 'decision')
  if (typeof id === 'number') {
    const shown = recorder.decision(id)?.decision.principalId
    return shown === undefined ? undefined : unescaped(shown)
  }
  const typed = check.ownMember(input, 'principalId')
  return typeof typed === 'string' && typed !== '' && typed.length < MAX_PRINCIPAL ? typed : undefined
}

const invalidate: Action = async (context, input) => {
  const authorizer = authorizerOf(context, input)
  if (authorizer === undefined) return NO_AUTHORIZER
  const principalId = principalOf(context, input)
  if (principalId === undefined)
    return failed(400, 'principalId: 1 to 2047 characters, or a decision that is still kept')
  try {
    await authorizer.invalidate({ principalId })
    return jsonReply(200, { invalidated: true })
  } catch {
    // The error of a store may contain anything.
    return failed(502, 'the store has not confirmed the invalidation')
  }
}

const usage: Action = async (context, input) => {
  if (context.usage === undefined) return failed(404, 'the inspector has no usage plan')
  const planId = check.ownMember(input, 'planId')
  const subject = check.ownMember(input, 'subject')
  if (typeof planId !== 'string' || typeof subject !== 'string') return failed(400, 'planId and subject: texts')
  try {
    return jsonReply(200, await context.usage.usageOf(planId, subject))
  } catch (error) {
    // Messages of this library name options and kinds, never values.
    if (!(error instanceof AuthorizerError)) return failed(502, 'the usage cannot be read')
    return failed(error.code === 'ERR_OPTION' ? 400 : 502, error.message)
  }
}

const test: Action = async (context, input, request) => {
  const authorizer = authorizerOf(context, input)
  if (authorizer === undefined) return NO_AUTHORIZER
  const sent = testRequest(input, request.headers('host')[0] ?? 'localhost')
  if ('error' in sent) return failed(400, sent.error)
  const { value, entries } = await context.recorder.watch(() => authorizer.evaluate(sent))
  return jsonReply(200, { outcome: outcomeView(value, context.showContext), decisions: entries.map(detailOf) })
}

/** The actions by their path. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  '/api/invalidate': invalidate,
  '/api/usage': usage,
  '/api/test': test,
}

const BODY_FAILURES: Readonly<Record<'TOO_LARGE' | 'UNREADABLE', TextReply>> = {
  TOO_LARGE: textReply(413, 'The body is larger than 64 KiB.'),
  UNREADABLE: textReply(400, 'The body cannot be read. Mount the inspector before body parsers.'),
}

/** Reads the body of a request, and runs an action with it. */
export const runAction = async (action: Action, context: ActionContext, request: PageRequest): Promise<TextReply> => {
  const body = await request.body()
  if ('failure' in body) return BODY_FAILURES[body.failure]
  const input = parseJson(body.text, 'body')
  return input instanceof JsonProblem ? failed(400, 'the body is not JSON') : action(context, input, request)
}
