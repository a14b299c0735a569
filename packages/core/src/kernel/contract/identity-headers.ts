/**
 * Which headers identify the caller of one call. A remote function knows no contract, but always has to receive these
 * headers (SEC-84); it finds their names by the second argument of its call. Nothing is added to that argument: handlers
 * see it as on their own platform.
 * @module
 */

const namesByContext = new WeakMap<object, readonly string[]>()

/** Remembers the names of the headers, in lower case, for the second argument of a call. Returns that argument. */
export const noteIdentityHeaders = <T extends object>(context: T, names: readonly string[] = []): T => {
  if (names.length > 0) namesByContext.set(context, names)
  return context
}

/** The names that were noted for the second argument of a call. */
export const identityHeadersOf = (context: object | undefined): readonly string[] =>
  (context === undefined ? undefined : namesByContext.get(context)) ?? []
