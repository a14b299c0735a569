import { describe, expect, test } from 'vitest'
import { httpApi, readText } from './support.ts'

/** The route of an HTTP API whose key is an expression. */
const routeOf = async (expression: string, more = '', variables?: Record<string, unknown>): Promise<string> => {
  const text = httpApi(`route_key = ${expression}\nauthorization_type = "NONE"`, more)
  const { routes, stops } = await readText(text, variables && { variables })
  return routes[0]?.replace(' -> NONE', '') ?? stops.join(', ')
}

describe('expressions', () => {
  test.each([
    ['"GET /a"', 'GET /a'],
    ['"GET /${"a"}"', 'GET /a'],
    ['"${"GET /a"}"', 'GET /a'],
    ['("GET /a")', 'GET /a'],
    ['"GET /${1}"', 'GET /1'],
    ['"GET /$${a}"', 'GET /${a}'],
    ['"GET /\\u0061"', 'GET /a'],
    ['local.key', 'GET /local'],
    ['local.deep.list[1]', 'GET /second'],
    ['local.deep["list"][0]', 'GET /first'],
    ['local.deep.list.1', 'GET /second'],
    ['local.objects.b.key', 'GET /b'],
    ['local.computed["x-1"]', 'GET /computed'],
    ['true ? "GET /yes" : "GET /no"', 'GET /yes'],
    ['local.n == 2 ? "GET /yes" : "GET /no"', 'GET /yes'],
    ['local.n != 2 ? "GET /yes" : "GET /no"', 'GET /no'],
    ['!(local.n == 2) ? "GET /yes" : "GET /no"', 'GET /no'],
    ['local.n == 2 && "a" == "b" || false ? "GET /yes" : "GET /no"', 'GET /no'],
    ['unknown_function() || true ? "GET /yes" : "GET /no"', 'GET /yes'],
    ['unknown_function() ? "GET /same" : "GET /same"', 'GET /same'],
    ['false ? "GET /1" : true ? "GET /2" : "GET /3"', 'GET /2'],
    ['format("%s /%s/%d", upper("get"), lower("ABC"), 5)', 'GET /abc/5'],
    ['format("GET /100%%")', 'GET /100%'],
    ['join("/", ["GET ", "a", "b"])', 'GET /a/b'],
    ['join("", toset(["b", "GET /", "b"]))', 'GET /b'],
    ['/* c */ "GET /a" # c', 'GET /a'],
    ['aws_apigatewayv2_route.other.route_key', 'GET /other'],
  ])('DEF-TF-03 the expression %s has the value %s', async (expression, expected) => {
    const more = `
locals {
  n   = 2
  key = "GET /local"
  deep = { list = ["GET /first", "GET /second"] }
  objects = {
    a = { key = "GET /a" } # comment
    b = { key = "GET /b" }
  }
  computed = { ("x-$\{1}") = "GET /computed" }
}
resource "aws_apigatewayv2_route" "other" {
  api_id             = "other"
  route_key          = "GET /other"
  authorization_type = "NONE"
}`
    const { result } = await readText(httpApi(`route_key = ${expression}\nauthorization_type = "NONE"`, more))
    const api = result.definition.apis.find((each) => each.name === 'api')
    expect(api?.routes.map(({ method, path }) => `${method} ${path}`)).toEqual([expected])
  })

  test.each([
    '"GET /${uuid()}"',
    'replace("GET /a", "a", "b")',
    'try("GET /a", "GET /b")',
    '[for x in ["GET /a"] : x][0]',
    '{ for k, v in { a = "GET /a" } : k => v }["a"]',
    '"GET /%{ if true }a%{ endif }"',
    'lower("a ${~ "GET /a" ~}")',
    'format("%q", "a")',
    'format("%s")',
    'format("GET /a", "b")',
    'upper("get /ß")',
    'join("", "GET /a")',
    '1 + 1 == 2 ? "GET /a" : "GET /b"',
    'local.missing',
    'local.list[9]',
    'local.list[*]',
    'local.twice["a"]',
    'var.missing',
    'self.route_key',
    'terraform.workspace',
    'path.cwd',
    'each.key',
    'count.index',
    'aws_x.y.z',
    'provider::aws::arn_parse("GET /a")',
    '-"GET /a"',
    '"GET /${local.list}"',
    '"GET /${local.nothing}"',
  ])('DEF-TF-03 DEF-RES-01 the expression %s is unresolved and no route', async (expression) => {
    const more =
      'locals {\n nothing = null\n list = ["GET /a"]\n twice = lower("A") == "a" ? { a = "GET /a", a = "GET /b" } : null\n}'
    expect(await routeOf(expression, more)).toContain('unresolved DEF-RES-01')
  })

  test('DEF-TF-03 data sources are external, and not read', async () => {
    expect(await routeOf('data.aws_ssm_parameter.key.value')).toContain('external DEF-RES-01')
  })

  test('DEF-TF-03 DEF-RES-12 given values are data, converted to the type of the variable', async () => {
    const more = 'variable "key" {}\nvariable "on" {\n type = bool\n}\n'
    expect(await routeOf('var.key', more, { key: 'GET /given' })).toBe('GET /given')
    expect(await routeOf('var.key', more, { key: 'GET /${local.x}' })).toBe('GET /${local.x}')
    expect(await routeOf('var.on == true ? "GET /on" : "GET /off"', more, { on: 'true' })).toBe('GET /on')
    expect(await routeOf('var.key.a[1]', more, { key: { a: ['x', 'GET /nested'] } })).toBe('GET /nested')
  })

  test('DEF-TF-03 values of data sources and outputs can be given by address', async () => {
    const address = 'data.aws_ssm_parameter.key.value'
    expect(await routeOf(address, '', { [address]: 'GET /given' })).toBe('GET /given')
  })

  test('DEF-TF-03 DEF-RES-05 the default of a variable does not decide whether a route is guarded', async () => {
    const text = httpApi(
      'route_key = "GET /a"\nauthorization_type = var.on ? "CUSTOM" : null\nauthorizer_id = var.on ? aws_apigatewayv2_authorizer.a.id : null',
      'variable "on" {\n default = false\n}',
    )
    const undecided = await readText(text)
    expect(undecided.routes).toEqual(['GET /a -> ?'])
    expect(undecided.stops).toContain('unresolved DEF-RES-05')
    expect((await readText(text, { useDefaults: true })).routes).toEqual(['GET /a -> NONE'])
    expect((await readText(text, { variables: { on: true } })).routes).toEqual(['GET /a -> a'])
  })

  test('DEF-TF-03 expressions of Terraform 0.11 are read like later ones', async () => {
    expect(await routeOf('"${var.key}"', 'variable "key" {}', { key: 'GET /old' })).toBe('GET /old')
  })

  test.each([
    ['a cycle of locals', 'locals {\n a = local.b\n b = local.a\n}', 'local.a'],
    [
      'texts that double',
      `locals {\n a0 = "xxxxxxxxxxxxxxxx"\n${Array.from({ length: 60 }, (_, i) => ` a${i + 1} = "\${local.a${i}}\${local.a${i}}"`).join('\n')}\n}`,
      'local.a60',
    ],
    [
      'lists that double',
      `locals {\n a0 = [1, 1]\n${Array.from({ length: 60 }, (_, i) => ` a${i + 1} = [local.a${i}, local.a${i}]`).join('\n')}\n}`,
      'local.a60 == local.a60 ? "GET /a" : "GET /b"',
    ],
    [
      'nested conditions over many locals',
      `locals {\n a0 = "GET /a"\n${Array.from({ length: 80 }, (_, i) => ` a${i + 1} = ${'!'.repeat(60)}local.a${i}`).join('\n')}\n}`,
      'local.a80',
    ],
  ])('DEF-IN-05 DEF-IN-07 %s stop as hostile', async (_, more, expression) => {
    expect(await routeOf(expression, more)).toContain('hostile')
  })

  test('DEF-TF-03 expressions that are nested too deeply are unresolved', async () => {
    expect(await routeOf(`${'('.repeat(95)}${'!'.repeat(90)}true${')'.repeat(95)}`)).toContain('unresolved')
  })
})
