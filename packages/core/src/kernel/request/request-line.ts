/** Methods and HTTP versions that a request may have. @module */

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const METHOD = /^[A-Z]+(?:[-_][A-Z]+)*$/
const VERSIONS: ReadonlySet<string> = new Set(['1.1', '1.0', '2.0'])

/** Whether a method is in upper case, as all methods in use are. */
export const isMethod = (method: string): boolean => METHODS.has(method) || METHOD.test(method)

/** Whether a version is one of those that adapters report: `1.0`, `1.1` or `2.0`. */
export const isHttpVersion = (version: string): boolean => VERSIONS.has(version)
