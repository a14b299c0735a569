/** Errors of a TypeScript compiler, by the package in which they are. @module */

export interface Diagnostic {
  readonly text: string
  /** The other package whose declarations have the error; `undefined` for errors in the programs and in our own packages. */
  readonly package: string | undefined
}

/** The package of a path such as `../node_modules/@types/koa/index.d.ts(358,64): error …`. */
const packageOf = (text: string): string | undefined => {
  const name = /^[^(]*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\/[^(]*\(\d+,\d+\): error /.exec(text)?.[1]
  return name?.startsWith('@custom-authorizer/') === true ? undefined : name
}

/** Splits the output of a compiler that failed. Lines that are indented belong to the error before them. */
export const parseDiagnostics = (output: string): Diagnostic[] => {
  const texts = output.split(/\r?\n(?!\s|$)/).map((text) => text.trimEnd())
  const errors = texts.filter((text) => / error TS\d+: |^error TS\d+: /.test(text))
  // A compiler that fails without an error in its output has not compiled anything.
  return errors.length === 0
    ? [{ text: output, package: undefined }]
    : errors.map((text) => ({ text, package: packageOf(text) }))
}

/** The errors in other packages: `2 in hono, 1 in @types/koa`. */
export const countByPackage = (diagnostics: readonly Diagnostic[]): string => {
  const counts = new Map<string, number>()
  for (const each of diagnostics)
    if (each.package !== undefined) counts.set(each.package, (counts.get(each.package) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} (${count})`).join(', ')
}
