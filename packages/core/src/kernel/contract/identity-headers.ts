/**
 * Remembers which headers identify the caller of a call. Remote functions always have to receive these headers (SEC-84), but
 * their handlers do not know the contract: they look the names up by the second argument of the call. Nothing is added to
 * that argument, so functions receive it as on their own platform.
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
