/** The notation of identity sources in options: `$request.header.NAME` and the like. @module */
import { asciiLower } from '../util/ascii.ts'
import { type Check, optionError } from '../util/check.ts'
import { FIELD_NAME } from '../util/http-headers.ts'
import { cookieSource, subprotocolSource } from './browser-sources.ts'
import { headerSource, type IdentitySource, querySource, SOURCE_NAME } from './identity-source.ts'

const isCookieHeader = (name: string): boolean => asciiLower(name) === 'cookie'

/** The `Cookie` header as one value: as ambient as each of its cookies (SEC-122). */
const wholeCookieSource = (name: string): IdentitySource => ({
  ...headerSource(name),
  isAmbient: (request) => request.headerValues(name).length > 0,
})

interface Location {
  readonly name: RegExp
  readonly create: (name: string) => IdentitySource
}

const LOCATIONS: ReadonlyMap<string, Location> = new Map([
  [
    'header',
    { name: SOURCE_NAME, create: (name) => (isCookieHeader(name) ? wholeCookieSource(name) : headerSource(name)) },
  ],
  ['querystring', { name: SOURCE_NAME, create: querySource }],
  ['cookie', { name: FIELD_NAME, create: cookieSource }],
  ['subprotocol', { name: FIELD_NAME, create: subprotocolSource }],
])

const NOTATIONS = [...LOCATIONS.keys()].map((location) => `"$request.${location}.NAME"`)
const ALLOWED = `${NOTATIONS.slice(0, -1).join(', ')} or ${NOTATIONS.at(-1)}`

const sourceOf = (expression: unknown): IdentitySource | undefined => {
  const [, key = '', name = ''] = (typeof expression === 'string' && /^\$request\.(\w+)\.(.*)$/.exec(expression)) || []
  const location = LOCATIONS.get(key)
  return location?.name.test(name) === true ? location.create(name) : undefined
}

/** Checks an option that contains an identity source. */
export const identitySourceOption: Check = (value) => (sourceOf(value) === undefined ? ALLOWED : undefined)

/**
 * Parses `$request.header.NAME`, `$request.querystring.NAME`, `$request.cookie.NAME` or `$request.subprotocol.NAME`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const parseIdentitySource = (where: string, expression: string): IdentitySource => {
  const source = sourceOf(expression)
  if (source === undefined) throw optionError(where, expression, ALLOWED)
  return source
}
