import { describe, expect, test } from 'vitest'
import { httpApi, readText } from './support.ts'

const OPEN = 'authorization_type = "NONE"'

/** A route whose authorizer has identities of a dynamic block. */
const withIdentities = (over: string): string => `
resource "huaweicloud_apig_custom_authorizer" "a" {
  name         = "abc"
  function_urn = "urn:fss:r:p:function:default:f"
  identity {
    name     = "X-A"
    location = "HEADER"
  }
  dynamic "identity" {
    for_each = ${over}
    iterator = it
    content {
      name     = it.value.name
      location = it.value.in
    }
  }
}
resource "huaweicloud_apig_api" "p" {
  group_id                = "g"
  request_method          = "GET"
  request_path            = "/p"
  security_authentication = "AUTHORIZER"
  authorizer_id           = huaweicloud_apig_custom_authorizer.a.id
}`

describe('count, for_each and dynamic', () => {
  test.each([
    ['for_each = toset(["GET /a", "GET /b"])', 'each.value', ['GET /a -> NONE', 'GET /b -> NONE']],
    ['for_each = { a = "x", b = "y" }', '"GET /${each.key}/${each.value}"', ['GET /a/x -> NONE', 'GET /b/y -> NONE']],
    ['for_each = local.none', 'each.key', []],
    ['count = 2', '"GET /${count.index}"', ['GET /0 -> NONE', 'GET /1 -> NONE']],
    ['count = 0', '"GET /a"', []],
    ['count = var.given ? 1 : 0', '"GET /a"', ['GET /a -> NONE']],
    ['for_each = aws_apigatewayv2_api.many', '"GET /${each.key}"', ['GET /k -> NONE']],
  ])('DEF-TF-03 %s with known values is expanded', async (meta, key, routes) => {
    const more = `locals {
 none = {}
}
variable "given" {}
resource "aws_apigatewayv2_api" "many" {
  for_each      = { k = 1 }
  name          = each.key
  protocol_type = "HTTP"
}`
    const found = await readText(httpApi(`${meta}\nroute_key = ${key}\n${OPEN}`, more), { variables: { given: true } })
    expect(found.routes).toEqual(routes)
    expect(found.stops).toEqual([])
  })

  test.each([
    'for_each = var.routes',
    'for_each = toset(keys(var.routes))',
    'for_each = toset([var.route])',
    'for_each = { (var.route) = 1 }',
    'for_each = "text"',
    'for_each = 5',
    'for_each = null',
    'for_each = [{}]',
    'count = var.count',
    'count = -1',
    'count = 1.5',
    'count = "many"',
    'count = 1000000',
    'count = length([1])',
    'count = 1\nfor_each = {}',
  ])('DEF-TF-04 %s on a route stops as dynamic', async (meta) => {
    const { routes, stops } = await readText(httpApi(`${meta}\nroute_key = "GET /a"\n${OPEN}`))
    expect(routes).toEqual([])
    expect(stops).toEqual(['dynamic DEF-TF-04'])
  })

  test.each([
    ['count = var.on ? 1 : 0', 'true'],
    ['count = var.on ? 1 : 0', 'false'],
    ['for_each = var.on ? { a = 1 } : { b = 2 }', 'true'],
  ])('DEF-RES-05 DEF-TF-04 %s with the default %s leaves the route undecided', async (meta, value) => {
    const text = httpApi(`${meta}\nroute_key = "GET /a"\n${OPEN}`, `variable "on" {\n default = ${value}\n}`)
    const { routes, stops } = await readText(text)
    expect(routes).toEqual(['GET /a -> ?'])
    expect(stops).toContain('unresolved DEF-RES-05')
    const decided = await readText(text, { useDefaults: true })
    expect(decided.routes).toEqual(value === 'true' ? ['GET /a -> NONE'] : [])
    expect(decided.stops).toEqual([])
  })

  test('DEF-TF-04 an empty default of for_each stops, because another stage may have routes', async () => {
    const text = httpApi(
      `for_each = var.routes\nroute_key = each.key\n${OPEN}`,
      'variable "routes" {\n default = {}\n}',
    )
    expect((await readText(text)).stops).toEqual(['dynamic DEF-TF-04'])
    expect((await readText(text, { useDefaults: true })).stops).toEqual([])
  })

  test('DEF-TF-04 an authorizer in doubt leaves its routes undecided', async () => {
    const text = httpApi(
      'route_key = "GET /a"\nauthorization_type = "CUSTOM"\nauthorizer_id = aws_apigatewayv2_authorizer.a[0].id',
      'variable "on" {\n default = true\n}',
    ).replace('name                              = "a"', 'count = var.on ? 1 : 0\n  name = "a"')
    expect((await readText(text)).routes).toEqual(['GET /a -> ?'])
    expect((await readText(text, { variables: { on: true } })).routes).toEqual(['GET /a -> a'])
  })

  test('DEF-TF-04 dynamic blocks are expanded if their values are known, and stop if not', async () => {
    const known = await readText(withIdentities('[{ name = "token", in = "QUERY" }]'))
    expect(known.routes).toEqual(['GET /p -> a'])
    expect(known.result.definition.apis[0]?.authorizers['a']).toMatchObject({
      identities: [
        { name: 'X-A', location: 'HEADER' },
        { name: 'token', location: 'QUERY' },
      ],
    })
    const unknown = await readText(withIdentities('var.identities'))
    expect(unknown.routes).toEqual(['GET /p -> ?'])
    expect(unknown.stops).toContain('dynamic DEF-RES-01')
  })
})
