/** The suite for adapters: wrong adapters fail. */
import type { RequestListener } from 'node:http'
import type { Authorizer, AuthorizerContext, GatewayResponse, MountOptions, Outcome } from '@custom-authorizer/core'
import { toGatewayRequest, toResponse } from '@custom-authorizer/core/fetch'
import * as node from '@custom-authorizer/core/node'
import { adapterSuite, type StartService } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { failedTitles } from './failed-titles.ts'
import { listen, startNode } from './services.ts'

/** An adapter with other options. */
const withOptions =
  (change: (options: MountOptions) => MountOptions): StartService =>
  (authorizer, options, handle) =>
    startNode(authorizer, change(options), handle)

const without =
  (name: keyof MountOptions) =>
  (options: MountOptions): MountOptions =>
    Object.fromEntries(Object.entries(options).filter(([each]) => each !== name))

/** An adapter that changes outcomes. */
const withOutcomes =
  (change: (outcome: Outcome) => Outcome): StartService =>
  (authorizer, options, handle) => {
    const evaluate: Authorizer['evaluate'] = async (...args) => change(await authorizer.evaluate(...args))
    return startNode(
      {
        ...authorizer,
        evaluate,
        hasCredential: (request) => authorizer.hasCredential(request),
        invalidate: (selector) => authorizer.invalidate(selector),
        invalidateAll: () => authorizer.invalidateAll(),
        deny: (...args) => authorizer.deny(...args),
        report: (...args) => authorizer.report(...args),
      },
      options,
      handle,
    )
  }

const withResponses = (change: (response: GatewayResponse) => Partial<GatewayResponse>): StartService =>
  withOutcomes((outcome) =>
    outcome.allowed ? outcome : { ...outcome, response: { ...outcome.response, ...change(outcome.response) } },
  )

/** An adapter that lets some requests reach the handler without a guard. */
const unguarded =
  (isFree: (method: string, url: string) => boolean): StartService =>
  (authorizer, options, handle) => {
    const guard = node.customAuthorizer(authorizer, options)
    return listen((req, res) => {
      const respond = (context?: AuthorizerContext): void => {
        res.end(handle({ authorizer: context, headers: req.headers }))
      }
      if (isFree(req.method ?? '', req.url ?? '')) respond()
      else guard(req, res, () => respond(node.getAuthorizer(req)))
    })
  }

/** An adapter without any of the checks of this library: it evaluates a web-standard request, and writes a denial. */
const plain: StartService = (authorizer, _options, handle) => {
  const listener = async (...[req, res]: Parameters<RequestListener>): Promise<void> => {
    const headers = new Headers(req.headers as Record<string, string>)
    const request = new Request(`http://localhost${req.url}`, { method: req.method ?? 'GET', headers })
    const outcome = await authorizer.evaluate(toGatewayRequest(request))
    if (outcome.allowed) {
      res.end(handle({ authorizer: outcome.authorizer, headers }))
      return
    }
    const response = toResponse(outcome.response)
    res.writeHead(response.status, Object.fromEntries(response.headers))
    res.end(await response.text())
  }
  return listen((req, res) => void listener(req, res))
}

const changedHandler =
  (change: (handle: Parameters<StartService>[2]) => Parameters<StartService>[2]): StartService =>
  (authorizer, options, handle) =>
    startNode(authorizer, options, change(handle))

/** The context of the request that was decided last, for every request. */
const lastContext: StartService = async (authorizer, options, handle) => {
  let last: AuthorizerContext | undefined
  const remember = withOutcomes((outcome) => {
    if (outcome.allowed) last = outcome.authorizer
    return outcome
  })
  return remember(authorizer, options, ({ headers }) => handle({ authorizer: last, headers }))
}

/** Headers of the exact names are removed, but not those that become the same name in some frameworks. */
const exactNames: StartService = (authorizer, options, handle) =>
  startNode(authorizer, without('contextHeaders')(options), ({ authorizer: context, headers }) =>
    handle({
      authorizer: context,
      headers: { ...(headers as object), 'x-user': context?.principalId, 'x-team': undefined },
    }),
  )

const beforeDecision: StartService = (authorizer, options, handle) => {
  const guard = node.customAuthorizer(authorizer, options)
  return listen((req, res) => {
    const text = handle({ authorizer: undefined, headers: req.headers })
    guard(req, res, () => res.end(text))
  })
}

const decodedTarget: StartService = (authorizer, options, handle) => {
  const guard = node.customAuthorizer(authorizer, options)
  return listen((req, res) => {
    req.url = (req.url ?? '').replace('%20', '_')
    guard(req, res, () => res.end(handle({ authorizer: node.getAuthorizer(req), headers: req.headers })))
  })
}

const NO_CREDENTIAL = 'a request without a credential gets 401, and does not reach the handler'
const DENIED = 'a denied request gets 403, and does not reach the handler'
const FAILED = 'a function that fails gives 500, and the handler is not reached'
const CONTEXT = 'an allowed request reaches the handler once, with its context'
const CHOSEN = 'a response that the function chose is sent unchanged'
const SET_HEADERS = 'context headers are set, and those that the client has sent are removed'
const SKIPPED_HEADERS = 'context headers that the client has sent are removed where no authorizer is needed'
const SKIP = 'skip applies to the given paths only'
const HEAD = 'HEAD is decided like GET, and gets no body'

/** What is wrong, the adapter, and the test that finds it. */
const WRONG: readonly (readonly [name: string, start: StartService, found: string])[] = [
  ['calls the handler before the decision', beforeDecision, NO_CREDENTIAL],
  ['does not guard OPTIONS', unguarded((method) => method === 'OPTIONS'), NO_CREDENTIAL],
  ['denies a request without a credential with 403', withResponses(() => ({ status: 403 })), NO_CREDENTIAL],
  ['denies with 404', withResponses(({ status }) => ({ status: status === 403 ? 404 : status })), DENIED],
  ['denies with 403 if the function fails', withResponses(({ status }) => ({ status: Math.min(status, 403) })), FAILED],
  [
    'loses the context',
    changedHandler(
      (handle) =>
        ({ headers }) =>
          handle({ authorizer: undefined, headers }),
    ),
    CONTEXT,
  ],
  ['calls the handler twice', changedHandler((handle) => (request) => handle(request) && handle(request)), CONTEXT],
  ['changes the response of the handler', changedHandler((handle) => (request) => `${handle(request)}.`), CONTEXT],
  ['changes the target', decodedTarget, 'the authorizer receives method, path and query as they were sent'],
  ['loses the body of a denial', withResponses(() => ({ body: '' })), CHOSEN],
  ['loses the headers of a denial', withResponses(() => ({ headers: [] })), CHOSEN],
  ['writes one cookie of a denial', plain, CHOSEN],
  ['loses response headers', plain, 'response headers of the result are added to the response of the handler'],
  ['sets no context headers', withOptions(without('contextHeaders')), SET_HEADERS],
  ['removes headers of the exact names only', exactNames, SET_HEADERS],
  ['removes nothing on skipped paths', unguarded((_, url) => url.startsWith('/health')), SKIPPED_HEADERS],
  ['skips nothing', withOptions(without('skip')), SKIP],
  ['skips every path with the prefix', unguarded((_, url) => url.startsWith('/health')), SKIP],
  [
    'accepts ambiguous targets',
    withOptions((options) => ({ ...options, ambiguousTargets: 'allow' })),
    'targets that two layers may read differently get 400',
  ],
  ['does not guard HEAD', unguarded((method) => method === 'HEAD'), HEAD],
  [
    'ignores that a client disconnects',
    plain,
    'a client that disconnects does not reach the handler, and others are answered',
  ],
  ['mixes up callers', lastContext, 'callers that wait at the same time are not mixed up'],
]

describe('adapterSuite on a wrong adapter', () => {
  test.each(WRONG)('an adapter that %s fails', async (_, start, found) => {
    const tested = adapterSuite(start).find(({ title }) => title === found)
    await expect(tested?.run()).rejects.toThrow()
  })

  test('an adapter that guards nothing fails every test of a denial', async () => {
    const failed = await failedTitles(adapterSuite(unguarded(() => true)))
    expect(failed).toEqual(expect.arrayContaining([NO_CREDENTIAL, DENIED, FAILED, CHOSEN, SKIP, HEAD]))
  })

  test('services are closed after a test that fails', async () => {
    const open = new Set<string>()
    const start: StartService = async (...args) => {
      const { url, close } = await unguarded(() => true)(...args)
      open.add(url)
      return {
        url,
        close: async () => {
          await close()
          open.delete(url)
        },
      }
    }
    await failedTitles(adapterSuite(start))
    expect(open).toEqual(new Set())
  })
})
