/** Identity sources in the notations of the three kinds of API (AWS-KIND-25, AWS-ID-15). @module */
import type { GatewayRequest } from '../../index.ts'
import { type Check, check, type IdentitySource, querySource, SOURCE_NAME } from '../../contract.ts'

/** The notation of a kind of API: `method.request.header.X` and `context.X`, or `$request.header.X` and `$context.X`. */
export interface SourceNotation {
  readonly sign: '' | '$'
  readonly request: 'method.request' | 'request' | 'route.request'
  /** Reads a header as the event of this kind of API contains it (AWS-ID-20). */
  readonly header: (name: string) => IdentitySource
}

/** The variables of `context.X` of a kind of API. */
export type ContextVariables<TApi> = ReadonlyMap<string, (api: TApi, request: GatewayRequest) => string | undefined>

interface WithStageVariables {
  readonly stageVariables: Readonly<Record<string, string>>
}

/** Row for an option that lists identity sources. */
export const identitySourceOption: Check = (value) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    ? undefined
    : 'a string, or an array of strings'

const MAX_SOURCES = 8

/**
 * Parses identity sources, separated by commas or in an array.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const parseIdentitySources = <TApi extends WithStageVariables>(
  where: string,
  given: string | readonly string[],
  { sign, request: root, header }: SourceNotation,
  api: TApi,
  variables: ContextVariables<TApi>,
): readonly IdentitySource[] => {
  const expressions = (typeof given === 'string' ? given.split(',') : given).map((each) => each.trim())
  if (expressions.length > MAX_SOURCES) throw check.optionError(where, given, `at most ${MAX_SOURCES} sources`)
  const places: Readonly<Record<string, (name: string) => IdentitySource | undefined>> = {
    [`${sign}${root}.header`]: header,
    [`${sign}${root}.querystring`]: querySource,
    [`${sign}stageVariables`]: (name) => ({
      location: 'stageVariables',
      name,
      read: () => (Object.hasOwn(api.stageVariables, name) ? api.stageVariables[name] : undefined),
    }),
    [`${sign}context`]: (name) => {
      const variable = variables.get(name)
      return variable && { location: 'context', name, read: (request) => variable(api, request) }
    },
  }
  return expressions.map((expression) => {
    for (const [place, toSource] of Object.entries(places)) {
      const name = expression.startsWith(`${place}.`) ? expression.slice(place.length + 1) : ''
      const source = SOURCE_NAME.test(name) ? toSource(name) : undefined
      if (source !== undefined) return source
    }
    const allowed = Object.keys(places).map((place) => `"${place}.NAME"`)
    throw check.optionError(
      where,
      expression,
      `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)} with one of ${[...variables.keys()].join(', ')}`,
    )
  })
}

/** Without an identity source, a cached result would be shared by all callers (AWS-KIND-24). */
export const requireSourcesForCache = (
  where: string,
  given: unknown,
  sources: readonly IdentitySource[],
  ttlSeconds: number,
): void => {
  if (sources.length > 0 || ttlSeconds === 0) return
  throw check.optionError(
    where,
    given,
    'at least one source, or authorizerResultTtlInSeconds: 0; without a source, a cached result would apply to all callers',
  )
}
