/** The headers of HTTP API events, in the spelling of each payload format. @module */
import type { IdentitySource } from '../../contract.ts'
import { DEFAULT_CONTENT_LENGTH, headerSourcesOf, type HeaderShape } from '../shared/event-headers.ts'

const KEPT: ReadonlySet<string> = new Set(['content-length'])

/** Format 2.0: all names in lower case. */
export const LOWER_CASE_HEADERS: HeaderShape = {
  spell: (lower) => lower,
  keeps: KEPT,
  defaults: DEFAULT_CONTENT_LENGTH,
}

const CANONICAL_NAMES: ReadonlyMap<string, string> = new Map(
  'Content-Length Content-Type Host User-Agent X-Amzn-Trace-Id X-Forwarded-For X-Forwarded-Port X-Forwarded-Proto'
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)

/** Format 1.0: some names in canonical spelling, the others as received. */
export const CANONICAL_HEADERS: HeaderShape = {
  spell: (lower, received) => CANONICAL_NAMES.get(lower) ?? received,
  keeps: KEPT,
  defaults: DEFAULT_CONTENT_LENGTH,
}

/** Creates identity sources that read headers of HTTP APIs; both payload formats have the same values. */
export const httpHeaderSource: (name: string) => IdentitySource = headerSourcesOf(LOWER_CASE_HEADERS)
