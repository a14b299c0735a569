import { describe, expect, test } from 'vitest'
import { readText } from './support.ts'

const authorizer = (attributes = '', type = 'FRONTEND', name = 'a'): string => `
resource "huaweicloud_apig_custom_authorizer" "${name}" {
  name         = "abc"
  function_urn = "urn:fss:r:p:function:default:f:latest"
  type         = "${type}"
  ${attributes}
}`
const api = (attributes: string): string => `
resource "huaweicloud_apig_api" "p" {
  group_id       = "g"
  request_method = "GET"
  request_path   = "/p"
  ${attributes}
}`
const GUARDED = 'security_authentication = "AUTHORIZER"\nauthorizer_id = huaweicloud_apig_custom_authorizer.a.id'

describe('Huawei APIs', () => {
  test.each([
    ['', 'GET /p -> NONE', undefined],
    ['security_authentication = "NONE"', 'GET /p -> NONE', undefined],
    [GUARDED, 'GET /p -> a', undefined],
    [`${GUARDED}\nmatching = "Prefix"`, 'GET /p -> a ~prefix', undefined],
    ['security_authentication = "APP"', 'GET /p -> APP', 'unsupported-authorizer DEF-DEF-05'],
    ['security_authentication = "IAM"', 'GET /p -> IAM', 'unsupported-authorizer DEF-DEF-05'],
    ['security_authentication = "AUTHORIZER"', 'GET /p -> ?', 'unresolved DEF-TF-10'],
    ['security_authentication = "none"', 'GET /p -> ?', 'unknown-authorizer DEF-TF-10'],
    ['authorizer_id = huaweicloud_apig_custom_authorizer.a.id', 'GET /p -> ?', 'ambiguous DEF-TF-11'],
    ['security_authentication = "AUTHORIZER"\nauthorizer_id = "0123"', 'GET /p -> ?', 'external DEF-TF-10'],
    [`${GUARDED}\nmatching = "Regex"`, 'GET /p -> ? ~prefix', 'invalid DEF-TF-10'],
    [`${GUARDED}\nmatching = var.m`, 'GET /p -> ? ~prefix', 'unresolved DEF-RES-01'],
    [`${GUARDED}\nweb {\n authorizer_id = var.id\n}`, 'GET /p -> ?', 'unresolved DEF-RES-01'],
    [
      `${GUARDED}\nweb {\n authorizer_id = huaweicloud_apig_custom_authorizer.a.id\n}`,
      'GET /p -> ?',
      'invalid DEF-TF-10',
    ],
    [
      `${GUARDED}\nweb {\n authorizer_id = huaweicloud_apig_custom_authorizer.b.id\n}\nweb_policy {\n name = "x"\n}`,
      'GET /p -> ?',
      'ambiguous DEF-TF-10',
    ],
  ])('DEF-TF-10 DEF-TF-11 the API with %s', async (attributes, route, stop) => {
    const { routes, stops } = await readText(authorizer() + authorizer('', 'BACKEND', 'b') + api(attributes))
    expect(routes).toEqual([route])
    expect(stops).toEqual(stop === undefined ? [] : [stop])
  })

  test('DEF-TF-10 backend authorizers and parameters from their context are carried', async () => {
    const text =
      authorizer() +
      authorizer('', 'BACKEND', 'b') +
      api(`${GUARDED}
  backend_params {
    type              = "SYSTEM"
    name              = "X-User"
    location          = "HEADER"
    value             = "user"
    system_param_type = "backend"
  }
  backend_params {
    type     = "SYSTEM"
    name     = "X-Stage"
    location = "HEADER"
    value    = "stage"
  }
  web {
    authorizer_id = huaweicloud_apig_custom_authorizer.b.id
  }
  web_policy {
    authorizer_id = huaweicloud_apig_custom_authorizer.b.id
  }`)
    const { result, stops } = await readText(text)
    expect(stops).toEqual([])
    expect(result.definition.apis[0]?.routes[0]).toMatchObject({
      authorizer: 'a',
      backendAuthorizer: 'b',
      backendParameters: [{ name: 'X-User', location: 'HEADER', value: '$context.authorizer.backend.user' }],
    })
  })

  test.each([
    ['cache_age = 60', 'invalid DEF-TF-10'],
    ['ttl = 60', 'invalid DEF-TF-11'],
    ['identity {\n name = "a"\n location = "COOKIE"\n}', 'invalid DEF-TF-10'],
    ['identity {\n name = "a"\n}', 'invalid DEF-TF-10'],
    ['identity {\n name = var.n\n location = "HEADER"\n}', 'unresolved DEF-RES-01'],
    ['is_body_send = var.send', 'unresolved DEF-RES-01'],
  ])('DEF-TF-10 an authorizer with %s stops', async (attributes, stop) => {
    const { stops, routes } = await readText(authorizer(attributes) + api(GUARDED))
    expect(stops).toContain(stop)
    expect(routes[0]).not.toContain('NONE')
  })

  test('DEF-TF-11 Open Telekom Cloud has other names', async () => {
    const { routes, result, stops } = await readText(`
resource "opentelekomcloud_apigw_custom_authorizer_v2" "a" {
  gateway_id   = "i"
  name         = "abc"
  function_urn = "urn:fss:r:p:function:default:f"
  ttl          = 60
  identity {
    name     = "X-A"
    location = "HEADER"
  }
}
resource "opentelekomcloud_apigw_group_v2" "fleet" {
  name = "group"
}
resource "opentelekomcloud_apigw_api_v2" "p" {
  group_id                     = opentelekomcloud_apigw_group_v2.fleet.id
  request_method               = "ANY"
  request_uri                  = "/p"
  match_mode                   = "PREFIX"
  security_authentication_type = "AUTHORIZER"
  authorizer_id                = opentelekomcloud_apigw_custom_authorizer_v2.a.id
}`)
    expect(stops).toEqual([])
    expect(routes).toEqual(['ANY /p -> a ~prefix'])
    expect(result.definition.apis[0]).toMatchObject({ name: 'fleet', authorizers: { a: { ttl: 60, function: 'f' } } })
  })

  test('DEF-HWO-06 access controls and plug-ins stop, because they may reject requests', async () => {
    const { stops } = await readText(
      `${api('')}\nresource "huaweicloud_apig_acl_policy_associate" "x" {\n policy_id = "p"\n}`,
    )
    expect(stops).toEqual(['resource-policy DEF-HWO-06'])
  })
})
