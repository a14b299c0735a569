/** Requests that show every response of the guard, as commands to paste into another terminal. */
import { mintTokens } from './keys.js'

/**
 * Title, path, arguments of curl (`$reader` is the header with that token), and the expected status.
 *
 * @type {readonly (readonly [title: string, path: string, given: readonly string[], status: number])[]}
 */
const STOPS = [
  ['Skipped path: no token needed', '/health', [], 200],
  ['The authorizer is called, and its policy allows', '/pets', ['$reader'], 200],
  ['The same caller again: its policy is in the cache', '/pets', ['$reader'], 200],
  ['Another route: the cached policy is evaluated for this route', '/pets/1', ['$reader'], 200],
  ['What the authorizer returned', '/me', ['$reader'], 200],
  ["A client's own X-Tenant header is removed", '/pets', ['$reader', "-H 'X-Tenant: south'"], 200],
  ['An admin may do everything', '/pets/2', ['$admin', '-X DELETE'], 204],
  ['No token', '/pets', [], 401],
  ['Not a bearer token', '/pets', ["-H 'Authorization: Basic cm9iOnNlY3JldA=='"], 401],
  ['An expired token', '/pets', ['$expired'], 401],
  ['A token signed with the wrong key', '/pets', ['$forged'], 401],
  ['Two tokens in one request', '/pets', ['$reader', '$admin'], 401],
  ['No Allow statement covers this method (implicit deny)', '/pets/1', ['$reader', '-X DELETE'], 403],
  ['A Deny statement covers this path (explicit deny)', '/admin/statistics', ['$reader'], 403],
  ['The policy allows, but the route requires the role admin', '/pets/1', ['$keeper', '-X DELETE'], 403],
  ['The authorizer throws an error', '/pets', ['$unknownRole'], 500],
  ['The authorizer returns a context that no gateway accepts', '/pets', ['$nestedTenant'], 500],
  ['A path that two layers may read differently', '/pets/../admin/statistics', ['$reader', '--path-as-is'], 400],
]

/** @param {string} origin such as `http://127.0.0.1:3000` */
export const describeTour = async (origin) => {
  const tokens = await mintTokens()
  const toArgument = (argument) =>
    argument.startsWith('$') ? `-H 'Authorization: Bearer ${tokens[argument.slice(1)]}'` : argument
  return STOPS.map(
    ([title, path, given, status]) =>
      `# ${title}\ncurl ${['-i', `${origin}${path}`, ...given.map(toArgument)].join(' ')} # ${status}\n`,
  ).join('\n')
}
