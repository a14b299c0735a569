/** Methods and HTTP versions that a request may have. @module */

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const METHOD = /^[A-Z]+(?:[-_][A-Z]+)*$/

/** Whether a method is in upper case, as all methods in use are. */
export const isMethod = (method: string): boolean => METHODS.has(method) || METHOD.test(method)

/** Whether a version is one of those that adapters report: `1.0`, `1.1` or `2.0`. */
export const isHttpVersion = (version: string): boolean => version === '1.1' || version === '2.0' || version === '1.0'
