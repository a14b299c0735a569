import { describe, expect, test } from 'vitest'
import { httpApi, readText, restApi } from './support.ts'

const method = (key: string, more: string): string =>
  restApi(
    `http_method = "GET"\n authorization = "CUSTOM"\n authorizer_id = aws_api_gateway_authorizer.a.id\n api_key_required = ${key}`,
    more,
  )

/** Whether the only route needs a key, or the findings that stop. */
const keyOf = async (key: string, more = '', variables?: Record<string, unknown>): Promise<boolean | string> => {
  const { result, stops } = await readText(method(key, more), variables && { variables })
  return stops.length > 0 ? stops.join(', ') : result.definition.apis[0]?.routes[0]?.apiKeyRequired === true
}

describe('types', () => {
  test.each([
    ['map(string)', { keyed: true }, 'var.v["keyed"] == "true"'],
    ['object({ key = string })', { key: true }, 'var.v.key == "true"'],
    ['list(string)', [1], 'var.v[0] == "1"'],
    ['tuple([string, bool])', [1, '1'], 'var.v[0] == "1" && var.v[1]'],
    ['map(object({ key = string }))', { a: { key: true } }, 'var.v.a.key == "true"'],
    ['object({ key = optional(bool, true) })', {}, 'var.v.key'],
    ['bool', '1', 'var.v'],
    ['number', '5', 'var.v == 5'],
    ['string', true, 'var.v == "true"'],
  ])('DEF-TF-12 a value of the type %s given as %j is converted', async (type, value, key) => {
    const more = `variable "v" {\n type = ${type}\n}`
    expect(await keyOf(key, more, { v: value })).toBe(true)
  })

  test.each([
    ['any in a mixed list', 'list(any)', [1, 'x'], 'var.v[0] == 1'],
    ['a type that is not known', 'mystery(string)', { a: 'x' }, 'var.v.a == "x"'],
    ['a number that is no truth', 'bool', 1, 'var.v'],
    ['text that is no truth', 'bool', 'yes', 'var.v'],
    ['a large number as text', 'string', 9_007_199_254_740_992, 'var.v == "9007199254740993"'],
  ])('DEF-TF-12 %s is not known', async (_, type, value, key) => {
    const more = `variable "v" {\n type = ${type}\n}`
    expect(await keyOf(key, more, { v: value })).toBe('unresolved DEF-RES-01')
  })

  test.each([
    ['(true ? 1 : "x") == "1"', true],
    ['(true ? true : "x") == "true"', true],
    ['9007199254740993 != 9007199254740992', 'unresolved DEF-RES-01'],
    ['"\u00e9" == "e\u0301"', 'unresolved DEF-RES-01'],
    ['(true ? [1] : ["a"])[0] == 1', 'unresolved DEF-RES-01'],
    ['(true ? { a = 1 } : { a = "b" }).a == 1', 'unresolved DEF-RES-01'],
  ])('DEF-TF-12 the condition %s is %s', async (key, expected) => {
    expect(await keyOf(key)).toBe(expected)
  })

  test('DEF-RES-05 an API key requirement that depends on a default stops', async () => {
    expect(await keyOf('var.strict', 'variable "strict" {\n default = false\n}')).toBe('unresolved DEF-RES-05')
  })
})

describe('ignore_changes', () => {
  const NAMES = ['authorization_type', '"authorizer_id"', 'authorization_type, tags']
  test.each([...NAMES.map((each) => `[${each}]`), 'all'])(
    'DEF-TF-13 a route with ignore_changes = %s is not decided',
    async (names) => {
      const route = 'route_key = "GET /a"\n authorization_type = "NONE"'
      const { stops, result } = await readText(httpApi(`${route}\n lifecycle {\n ignore_changes = ${names}\n}`))
      expect(stops).not.toEqual([])
      expect(result.definition.apis[0]?.routes.filter((each) => 'open' in each)).toEqual([])
    },
  )

  test('DEF-TF-13 ignored attributes that decide nothing change nothing', async () => {
    const route = 'route_key = "GET /a"\n authorization_type = "NONE"\n lifecycle {\n ignore_changes = [tags]\n}'
    expect((await readText(httpApi(route))).stops).toEqual([])
  })
})

test('DEF-TF-14 files with more than 10,000 blocks are rejected before they are parsed', async () => {
  const { stops } = await readText('resource "a_b" "c" {}\n'.repeat(10_001))
  expect(stops).toContain('hostile DEF-IN-07')
})
