/** Requests that show the responses of the guard, as commands to paste into another terminal. */
import { mintTokens } from './keys.js'

/**
 * A request: its path, arguments of curl (`$READER` is the header with that token), the expected status, and what it shows.
 *
 * @typedef {readonly [path: string, given: readonly string[], status: number, title: string]} Stop
 */

/** @type {readonly Stop[]} */
const STOPS = [
  ['/pets', [], 401, 'no token'],
  ['/pets', ['$READER'], 200, 'the policy of the authorizer allows'],
  ['/pets/1', ['$READER'], 200, 'another route: the cached policy is evaluated again'],
  ['/pets/1', ['$READER', '-X DELETE'], 403, 'no Allow statement covers this method'],
  ['/pets/2', ['$ADMIN', '-X DELETE'], 204, 'an admin may do everything'],
  ['/pets', ['$UNKNOWN_ROLE'], 500, 'the authorizer throws an error'],
]

/** One for each further response. @type {readonly Stop[]} */
const FURTHER_STOPS = [
  ['/health', [], 200, 'skipped path: no token needed'],
  ['/me', ['$READER'], 200, 'what the authorizer returned'],
  ['/pets', ['$READER', "-H 'X-Tenant: south'"], 200, 'the header X-Tenant of the client is removed'],
  ['/pets', ["-H 'Authorization: Basic cm9iOnNlY3JldA=='"], 401, 'not a bearer token'],
  ['/pets', ['$EXPIRED'], 401, 'an expired token'],
  ['/pets', ['$FORGED'], 401, 'a token signed with the wrong key'],
  ['/pets', ['$READER', '$ADMIN'], 401, 'two tokens in one request'],
  ['/admin/statistics', ['$READER'], 403, 'a Deny statement covers this path'],
  ['/pets/1', ['$KEEPER', '-X DELETE'], 403, 'the policy allows, but the route requires the role admin'],
  ['/pets', ['$NESTED_TENANT'], 500, 'the authorizer returns a context that no gateway accepts'],
  ['/pets/../admin/statistics', ['$READER', '--path-as-is'], 400, 'a path that two layers may read differently'],
]

const toArgument = (/** @type {string} */ argument) =>
  argument.startsWith('$') ? `-H "Authorization: Bearer ${argument}"` : argument

const toCommand = (/** @type {Stop} */ [path, given, status, title]) =>
  `curl ${['-i', `"$URL${path}"`, ...given.map(toArgument)].join(' ')} # ${status}, ${title}`

/**
 * Shell variables with the tokens, and commands that use them.
 *
 * @param {string} url such as `http://127.0.0.1:3000`
 * @param {{ all: boolean }} options `all` for every response of the guard
 */
export const describeTour = async (url, { all }) => {
  const commands = (all ? [...STOPS, ...FURTHER_STOPS] : STOPS).map(toCommand)
  const tokens = Object.entries(await mintTokens()).filter(([name]) =>
    commands.some((command) => command.includes(`$${name}"`)),
  )
  const variables = [['URL', url], ...tokens].map(([name, value]) => `${name}='${value}'`)
  return [...variables, '', ...commands].join('\n')
}
