/** The CommonJS build reads each imported name once. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { checkCircles, withLocalNames } from '../../../scripts/commonjs/local-names.mjs'

const built = (...lines: string[]): string => withLocalNames(lines.join('\n'))

describe('names in the CommonJS build', () => {
  it('reads the names of another module when it is loaded', () => {
    const code = built(
      'const target_ts_1 = require("./target.js");',
      'const read = (text) => new target_ts_1.Target((0, target_ts_1.parse)(text), target_ts_1.parse);',
    )
    expect(code).toBe(
      [
        'const { Target: target_ts_1_Target, parse: target_ts_1_parse } = require("./target.js");',
        'const read = (text) => new target_ts_1_Target(target_ts_1_parse(text), target_ts_1_parse);',
      ].join('\n'),
    )
  })

  it('reads the names of another package of the project when it is loaded', () => {
    const code = built(
      'let core = require("@custom-authorizer/core");',
      'module.exports = list.slice(0, core.LIMIT).map((0, core.createAuthorizer)({}));',
    )
    expect(code).toContain(
      'const { LIMIT: core_LIMIT, createAuthorizer: core_createAuthorizer } = require("@custom-authorizer/core");',
    )
    expect(code).toContain('module.exports = list.slice(0, core_LIMIT).map(core_createAuthorizer({}));')
  })

  it('keeps look-ups in modules of Node.js and of libraries, which other code may change', () => {
    const code = 'const node_http_1 = require("node:http");\n(0, node_http_1.request)("http://127.0.0.1");'
    expect(withLocalNames(code)).toBe(code)
  })

  it('keeps a module that is passed on as a whole', () => {
    const code = 'const all_1 = require("./all.js");\nuse(all_1, all_1.name);'
    expect(withLocalNames(code)).toBe(code)
  })

  it('keeps an import without names', () => {
    const code = 'const effects_1 = require("./effects.js");'
    expect(withLocalNames(code)).toBe(code)
  })

  it('runs a module with the same results', () => {
    const code = built(
      'exports.sum = exports.LIMIT = exports.add = void 0;',
      'exports.LIMIT = 3;',
      'const add = (a, b) => a + b;',
      'exports.add = add;',
      'const sum = (list) => list.slice(0, exports.LIMIT).reduce((a, b) => (0, exports.add)(a, b), 0);',
      'exports.sum = sum;',
    )
    const loaded: Record<string, unknown> = {}
    runInNewContext(code, { exports: loaded })
    expect(code).toContain('list.slice(0, LIMIT).reduce((a, b) => add(a, b), 0)')
    expect(loaded['LIMIT']).toBe(3)
    expect((loaded['sum'] as (list: number[]) => number)([1, 2, 3, 4])).toBe(6)
  })

  it('keeps exports whose values use each other', () => {
    const code = built(
      'exports.C = exports.B = exports.A = void 0;',
      'exports.A = { a: 1 };',
      'exports.B = { ...exports.A, b: 2 };',
      'exports.C = () => [exports.A, exports.B];',
    )
    const loaded: Record<string, unknown> = {}
    runInNewContext(code, { exports: loaded })
    expect(code).toContain('const B = exports.B = { ...A, b: 2 };')
    expect((loaded['C'] as () => unknown)()).toEqual([{ a: 1 }, { a: 1, b: 2 }])
  })

  it('fails for an export that is assigned twice', () => {
    expect(() => built('exports.A = 1;', 'use(exports.A);', 'exports.A = 2;')).toThrow('A has no single assignment')
  })

  it('fails for modules that import each other in a circle, because a name would be read too early', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ])
    expect(() => checkCircles(imports)).toThrow('b, c, b')
    expect(() =>
      checkCircles(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).not.toThrow()
  })
})
