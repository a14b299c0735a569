/** Reads a serverless.yml in a test, and shows what was found in short. @module */
import { readDefinition, type ReadOptions, type ReadResult } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'

const HEAD = 'service: s\nprovider: {name: aws}\n'

/** What a document gives: routes in notation, and findings as `CODE class` of each severity but confirm. */
export interface Read extends ReadResult {
  readonly routes: readonly string[]
  readonly stops: readonly string[]
  readonly reports: readonly string[]
  /** Open routes that need the caller's word. */
  readonly open: readonly string[]
}

export const read = async (text: string, options?: ReadOptions): Promise<Read> => {
  const result = await readDefinition({ name: 'serverless.yml', text }, options)
  const of = (severity: string): readonly string[] => [
    ...new Set(
      result.findings.filter((each) => each.severity === severity).map((each) => `${each.code} ${each.class}`),
    ),
  ]
  return {
    ...result,
    routes: result.definition.apis.flatMap((api) => api.routes.map(notationOf)),
    stops: of('stop'),
    reports: of('report'),
    open: result.findings.filter((each) => each.severity === 'confirm').flatMap((each) => each.routes),
  }
}

/** Reads a service whose function `f` has the events given in flow notation, beside the function `auth`. */
export const readEvents = (events: string, options?: ReadOptions, more = ''): Promise<Read> =>
  read(`${HEAD}${more}functions:\n  auth: {handler: a.a}\n  f: {handler: a.f, events: ${events}}\n`, options)

/** The same with settings of the provider. */
export const readWith = (provider: string, events: string, options?: ReadOptions): Promise<Read> =>
  read(
    `service: s\nprovider: {name: aws, ${provider}}\nfunctions:\n  auth: {handler: a.a}\n  f: {handler: a.f, events: ${events}}\n`,
    options,
  )

/** An `http` event whose authorizer is given. */
export const readAuthorizer = (authorizer: string, options?: ReadOptions, more = ''): Promise<Read> =>
  readEvents(`[{http: {path: p, method: get, authorizer: ${authorizer}}}]`, options, more)
