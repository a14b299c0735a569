/** Skip rules: paths and preflights that need no authorizer (SEC-13). @module */
import type { GatewayRequest } from '../request/gateway-request.ts'
import { hasEncodedSlash, isDoublyEncoded, parseTarget } from '../request/target.ts'
import type { Check } from '../util/check.ts'

/** Whether a path rule can match: rules are compared with canonical paths. */
const isCanonicalRule = (rule: string): boolean => {
  // Paths with these escapes are never skipped (SEC-06).
  if (hasEncodedSlash(rule) || isDoublyEncoded(rule)) return false
  const path = rule.endsWith('/*') ? rule.slice(0, -1) : rule
  const { path: canonical, ambiguous } = parseTarget('GET', path, { allowAmbiguous: true })
  return path.startsWith('/') && !/[*?#]/.test(path) && canonical === path && !ambiguous
}

const isSkipRule = (rule: unknown): boolean =>
  rule instanceof RegExp ? !/[gy]/.test(rule.flags) : typeof rule === 'string' && isCanonicalRule(rule)

/** Check for the option `skip`. */
export const skipRules: Check = (value) => {
  const allowed =
    'an array of canonical paths such as "/health" or "/public/*", or regular expressions without the flags g and y'
  if (!Array.isArray(value)) return allowed
  const wrong = [...value].findIndex((each) => !isSkipRule(each))
  return wrong < 0 ? undefined : `${allowed} (element ${wrong} is not)`
}

/** Whether a rule matches a path. */
export type SkipRule = (path: string) => boolean

/** Compiles one rule of the option `skip`. */
export const compileSkipRule = (rule: string | RegExp): SkipRule => {
  if (rule instanceof RegExp) {
    const whole = new RegExp(`^(?:${rule.source})$`, rule.flags)
    return (path) => whole.test(path)
  }
  if (!rule.endsWith('/*')) return (path) => path === rule
  const prefix = rule.slice(0, -1)
  return (path) => path.length > prefix.length && path.startsWith(prefix)
}

/** Whether a request is a CORS preflight. */
export const isPreflight = (request: GatewayRequest): boolean =>
  request.method === 'OPTIONS' &&
  request.header('origin') !== undefined &&
  request.header('access-control-request-method') !== undefined

/**
 * Whether a rule matches the path of a request. Paths that are not canonical, have `%2F` or are doubly encoded never match:
 * layers behind the guard may read them differently (SEC-06).
 */
const matchesRule = ({ isCanonical, path, resourcePath }: GatewayRequest, rules: readonly SkipRule[]): boolean =>
  isCanonical && !hasEncodedSlash(path) && !isDoublyEncoded(path) && rules.some((matches) => matches(resourcePath))

/** Whether a rule matches the routed path and, if it differs, the received path. */
export const isSkipped = (request: GatewayRequest, rules: readonly SkipRule[]): boolean =>
  matchesRule(request, rules) && (request.received === undefined || matchesRule(request.received, rules))
