/** The compiler settings and type packages that the packages support, in rows that contain each pair of values. @module */

/** One value per dimension. */
export interface Row {
  /** Version of TypeScript. */
  readonly typescript: string
  readonly resolution: 'node10' | 'node16' | 'nodenext' | 'bundler'
  readonly format: 'ES modules' | 'CommonJS'
  /** Major version of `@types/express`. */
  readonly express: '4' | '5'
  /** Major version of `@types/koa`. */
  readonly koa: '2' | '3'
  /** Where the global types `Request`, `URL` and so on come from. */
  readonly globals: 'DOM' | '@types/node'
  readonly exactOptionalPropertyTypes: boolean
}

type Dimensions = { readonly [Name in keyof Row]: readonly Row[Name][] }

export const DIMENSIONS: Dimensions = {
  typescript: ['5.4', '5.5', '5.6', '5.9', '6.0', '7.0'],
  resolution: ['node10', 'node16', 'nodenext', 'bundler'],
  format: ['ES modules', 'CommonJS'],
  express: ['4', '5'],
  koa: ['2', '3'],
  globals: ['DOM', '@types/node'],
  exactOptionalPropertyTypes: [true, false],
}

/** TypeScript 6 is the last version with `node10`. */
const exists = ({ typescript, resolution }: Row): boolean => resolution !== 'node10' || Number(typescript) < 7

/** Every row that exists. */
const allRows = (): Row[] => {
  let partial: Record<string, unknown>[] = [{}]
  for (const [name, values] of Object.entries(DIMENSIONS))
    partial = partial.flatMap((row) =>
      (values as readonly unknown[]).map((value) => Object.assign({}, row, { [name]: value })),
    )
  return (partial as unknown as Row[]).filter(exists)
}

/** The pairs of values in a row, as text. */
export const pairsOf = (row: Row): string[] => {
  const members = Object.entries(row).map(([name, value]) => `${name} ${String(value)}`)
  return members.flatMap((first, index) => members.slice(index + 1).map((second) => `${first}, ${second}`))
}

/**
 * Chooses rows that contain every pair of values: always the row with the most pairs that are not contained yet, and of these
 * the one whose values were chosen least.
 */
export const pairwiseRows = (): Row[] => {
  const candidates = allRows().map((row) => ({ row, pairs: pairsOf(row) }))
  const missing = new Set(candidates.flatMap(({ pairs }) => pairs))
  const chosen: Row[] = []
  const uses = new Map<string, number>()
  while (missing.size > 0) {
    const gain = ({ pairs }: { readonly pairs: readonly string[] }): number =>
      pairs.filter((pair) => missing.has(pair)).length
    const used = ({ pairs }: { readonly pairs: readonly string[] }): number =>
      pairs.reduce((sum, pair) => sum + (uses.get(pair) ?? 0), 0)
    const most = Math.max(...candidates.map(gain))
    const best = candidates
      .filter((each) => gain(each) === most)
      .reduce((found, each) => (used(each) < used(found) ? each : found))
    chosen.push(best.row)
    for (const pair of best.pairs) {
      missing.delete(pair)
      uses.set(pair, (uses.get(pair) ?? 0) + 1)
    }
  }
  return chosen
}

/** `module` of a row: `bundler` excludes `CommonJS` before TypeScript 6. */
const moduleOf = ({ resolution, format, typescript }: Row): string => {
  if (resolution === 'node16' || resolution === 'nodenext') return resolution
  if (format === 'ES modules') return 'ESNext'
  return resolution === 'bundler' && Number(typescript) < 6 ? 'Preserve' : 'CommonJS'
}

/** The compiler options of a row. Declarations are emitted, because that fails for types that cannot be named. */
export const compilerOptionsOf = (row: Row): object => ({
  target: 'ES2022',
  lib: row.globals === 'DOM' ? ['ES2022', 'DOM', 'DOM.Iterable'] : ['ES2022'],
  types: ['node'],
  module: moduleOf(row),
  moduleResolution: row.resolution,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: row.exactOptionalPropertyTypes,
  esModuleInterop: true,
  skipLibCheck: false,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: '.',
  outDir: 'out',
  ...(row.resolution === 'node10' && row.typescript === '6.0' && { ignoreDeprecations: '6.0' }),
})
