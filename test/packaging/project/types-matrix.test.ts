/** The table of compilers and settings that `npm run packages types` runs. */
import { expect, test } from 'vitest'
import { countByPackage, parseDiagnostics } from '../matrix/diagnostics.ts'
import { DIMENSIONS, pairsOf, pairwiseRows } from '../matrix/rows.ts'

test('the rows contain each pair of values, except for settings that do not exist', () => {
  const contained = new Set(pairwiseRows().flatMap(pairsOf))
  const dimensions = Object.entries(DIMENSIONS)
  const missing = dimensions.flatMap(([name, values], index) =>
    dimensions
      .slice(index + 1)
      .flatMap(([other, others]) =>
        values.flatMap((value) => others.map((each) => `${name} ${String(value)}, ${other} ${String(each)}`)),
      )
      .filter((pair) => !contained.has(pair)),
  )
  expect(missing).toEqual(['typescript 7.0, resolution node10'])
  expect(pairwiseRows().length).toBeLessThan(30)
})

const OUTPUT = `../node_modules/hono/dist/context.d.ts(13,67): error TS2315: Type 'Uint8Array' is not generic.
../node_modules/@types/koa/index.d.ts(358,64): error TS2694: Namespace '"node_modules/x/y"' has no member.
../node_modules/@custom-authorizer/core/dist/index.d.ts(1,1): error TS2315: Type 'Uint8Array' is not generic.
express.ts(3,1): error TS2322: Type 'A' is not assignable to type 'B'.
  Types of parameters are incompatible.
error TS5110: Option 'module' must be set to 'Node16'.
`

test('errors in other packages are told apart from errors in the programs and in the packages', () => {
  const diagnostics = parseDiagnostics(OUTPUT)
  expect(diagnostics.map((each) => each.package)).toEqual(['hono', '@types/koa', undefined, undefined, undefined])
  expect(diagnostics[3]?.text).toContain('Types of parameters')
  expect(countByPackage(diagnostics)).toBe('hono (1), @types/koa (1)')
})

test('a compiler that fails without an error is a failure', () => {
  expect(parseDiagnostics('Killed')).toEqual([{ text: 'Killed', package: undefined }])
})
