/** Differences in resources and effects. @module */
import { type OracleCase, resourcesOf, statementsOf, type WrittenResource } from '../case.ts'
import type { Difference } from './difference.ts'

const SERVICE = 2
const ACCOUNT = 4
/** An escape that has another spelling. An encoded slash or percent sign is never decoded. */
const ESCAPE = /%(?!25|2F)[\dA-Fa-f]{2}/

const somePattern = (
  each: OracleCase,
  holds: (written: WrittenResource, parts: readonly string[]) => boolean,
): boolean => resourcesOf(each).some((written) => written.text !== '*' && holds(written, written.text.split(':')))

export const RESOURCE_DIFFERENCES: readonly Difference[] = [
  {
    id: 'wildcard-in-the-service',
    rules: 'AWS-POL-22c',
    applies: (each) => somePattern(each, ({ restricts }, parts) => !restricts && /[*?]/.test(parts[SERVICE] ?? '')),
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
    // Both read a pattern with only a star after the account in the same way.
    applies: (each) =>
      somePattern(each, (_, parts) => {
        const resource = parts.slice(ACCOUNT + 1).join(':')
        return resource !== '*' && /^[^/:]*[*?$]/.test(resource)
      }),
  },
  {
    id: 'reach-of-a-star-that-restricts',
    rules: 'SEC-46, AWS-POL-22',
    // A star reaches further if the pattern has fewer colons than the request.
    applies: (each) =>
      somePattern(
        each,
        ({ restricts }, parts) =>
          restricts &&
          parts.length < each.resource.split(':').length &&
          parts.slice(0, -1).some((part, at) => at <= ACCOUNT && part.endsWith('*')),
      ),
  },
  {
    id: 'encoded-delimiter-that-restricts',
    rules: 'SEC-07, SEC-11',
    // The pattern is encoded, or the request is encoded and the pattern has the raw character or a `?` that matches it.
    applies: (each) =>
      somePattern(
        each,
        ({ restricts, text }) => restricts && (ESCAPE.test(text) || (ESCAPE.test(each.resource) && /[+?]/.test(text))),
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
