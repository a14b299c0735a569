/** Differences about resources, effects and what else is not a condition. @module */
import { type OracleCase, resourcesOf, statementsOf, type WrittenResource } from '../case.ts'
import type { Difference } from './difference.ts'

const SERVICE = 2
const ACCOUNT = 4
/** An escape that has another spelling: a slash and a percent sign are never decoded. */
const ESCAPE = /%(?!25|2F)[\dA-Fa-f]{2}/

const somePattern = (
  each: OracleCase,
  holds: (written: WrittenResource, parts: readonly string[]) => boolean,
): boolean => resourcesOf(each).some((written) => written.text !== '*' && holds(written, written.text.split(':')))

export const RESOURCE_DIFFERENCES: readonly Difference[] = [
  {
    id: 'wildcard-in-the-service',
    rules: 'AWS-POL-22c',
    applies: (each) => somePattern(each, ({ takesAway }, parts) => !takesAway && /[*?]/.test(parts[SERVICE] ?? '')),
  },
  {
    id: 'letter-case-before-the-resource',
    rules: 'AWS-POL-23',
    applies: (each) =>
      somePattern(each, (_, parts) => parts.slice(0, ACCOUNT + 1).some((part) => /^[^/]*[A-Z][^/]*$/.test(part))),
  },
  {
    id: 'wildcard-in-the-api',
    rules: 'AWS-POL-20, AWS-POL-21',
    // A pattern that is nothing but a star from there on is understood alike.
    applies: (each) =>
      somePattern(each, (_, parts) => {
        const resource = parts.slice(ACCOUNT + 1).join(':')
        return resource !== '*' && /^[^/:]*[*?$]/.test(resource)
      }),
  },
  {
    id: 'reach-of-a-star-that-takes-away',
    rules: 'SEC-46, AWS-POL-22',
    // A star reaches further where the pattern has fewer colons than the request.
    applies: (each) =>
      somePattern(
        each,
        ({ takesAway }, parts) =>
          takesAway &&
          parts.length < each.resource.split(':').length &&
          parts.slice(0, -1).some((part, at) => at <= ACCOUNT && part.endsWith('*')),
      ),
  },
  {
    id: 'encoded-delimiter-that-takes-away',
    rules: 'SEC-07, SEC-11',
    // Written encoded; or sent encoded where the pattern has the character raw, or a `?` that may stand for it.
    applies: (each) =>
      somePattern(
        each,
        ({ takesAway, text }) => takesAway && (ESCAPE.test(text) || (ESCAPE.test(each.resource) && /[+?]/.test(text))),
      ),
  },
  {
    id: 'short-pattern-in-not-resource',
    rules: 'AWS-POL-22b, AWS-POL-27',
    applies: (each) => somePattern(each, ({ negated }, parts) => negated && parts.length < 6),
  },
  {
    id: 'wildcard-in-the-request',
    rules: 'SEC-44',
    applies: ({ resource }) => /[*?]/.test(resource),
  },
  {
    id: 'letter-case-of-the-effect',
    rules: 'AWS-OUT-22',
    applies: (each) => statementsOf(each).some(({ Effect }) => Effect !== 'Allow' && Effect !== 'Deny'),
  },
]
