import { describe, expect, test } from 'vitest'
import { httpApi, readText } from './support.ts'

const CUSTOM = 'authorization_type = "CUSTOM"\nauthorizer_id = aws_apigatewayv2_authorizer.a.id'

const textWith = (connect: string, message: string): string =>
  httpApi(
    `route_key = "$connect"\n${connect}`,
    `resource "aws_apigatewayv2_route" "m" {\n api_id = aws_apigatewayv2_api.api.id\n route_key = "send"\n${message}\n}`,
  )
    .replace('"HTTP"', '"WEBSOCKET"')
    .replace('$request.header', 'route.request.header')

describe('HTTP and WebSocket APIs', () => {
  test.each([
    ['route_key = "GET /p"', 'GET /p -> NONE', 'open-by-omission DEF-CFN-05', undefined],
    ['route_key = "GET /p"\nauthorization_type = "NONE"', 'GET /p -> NONE', undefined, undefined],
    [`route_key = "$default"\n${CUSTOM}`, '$default -> a', undefined, undefined],
    [`route_key = "ANY /{x+}"\n${CUSTOM}`, 'ANY /{x+} -> a', undefined, undefined],
    [
      'route_key = "GET /p"\nauthorization_type = "AWS_IAM"',
      'GET /p -> AWS_IAM',
      undefined,
      'unsupported-authorizer DEF-DEF-05',
    ],
    [
      'route_key = "GET /p"\nauthorizer_id = aws_apigatewayv2_authorizer.a.id',
      'GET /p -> ?',
      undefined,
      'ambiguous DEF-CFN-05',
    ],
    [
      'route_key = "GET /p"\nauthorization_type = "JWT"\nauthorizer_id = aws_apigatewayv2_authorizer.a.id',
      'GET /p -> ?',
      undefined,
      'invalid DEF-TF-02',
    ],
    ['route_key = "GET /p"\nauthorization_type = "COGNITO"', 'GET /p -> ?', undefined, 'unknown-authorizer DEF-TF-02'],
    [`route_key = "GET /p"\n${CUSTOM}\nauthorization_scopes = ["a"]`, 'GET /p -> a', 'ignored DEF-TF-02', undefined],
    [`route_key = "/p"\n${CUSTOM}`, undefined, undefined, 'invalid DEF-CFN-10'],
    [`route_key = null\n${CUSTOM}`, undefined, undefined, 'invalid DEF-CFN-06'],
  ])('DEF-CFN-10 DEF-TF-05 a route with %s', async (attributes, route, report, stop) => {
    const found = await readText(httpApi(attributes))
    expect(found.routes).toEqual(route === undefined ? [] : [route])
    if (report !== undefined) expect(found.reports).toContain(report)
    expect(found.stops).toEqual(stop === undefined ? [] : [stop])
  })

  test.each([
    ['no payload version', 'authorizer_payload_format_version = "2.0"', '', 'invalid DEF-TF-05'],
    ['an unknown payload version', '"2.0"', '"3.0"', 'invalid DEF-TF-05'],
    ['simple responses in version 1.0', '"2.0"', '"1.0"\n enable_simple_responses = true', 'invalid DEF-TF-05'],
    [
      'a lifetime without sources',
      'identity_sources                  = ["$request.header.Authorization"]',
      'authorizer_result_ttl_in_seconds = 5',
      'invalid DEF-TF-05',
    ],
    ['sources of a REST API', '$request.header', 'method.request.header', 'invalid DEF-TF-05'],
    ['an unknown type', '"REQUEST"', '"TOKEN"', 'unknown-authorizer DEF-TF-05'],
    ['a payload version that is not known', '"2.0"', 'var.version', 'unresolved DEF-RES-01'],
  ])('DEF-TF-05 an authorizer with %s stops', async (_, from, to, stop) => {
    const { stops } = await readText(httpApi(`route_key = "GET /p"\n${CUSTOM}`).replace(from, to))
    expect(stops).toContain(stop)
  })

  test('DEF-TF-05 JWT authorizers have issuer, audience and scopes', async () => {
    const jwt = `
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.api.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    audience = ["x"]
    issuer   = ISSUER
  }
}`
    const route =
      'route_key = "GET /p"\nauthorization_type = "JWT"\nauthorizer_id = aws_apigatewayv2_authorizer.jwt.id\nauthorization_scopes = ["a", "b"]'
    const known = await readText(httpApi(route, jwt.replace('ISSUER', '"https://issuer.example/"')))
    expect(known.routes).toEqual(['GET /p -> jwt [a,b]'])
    expect(known.result.definition.apis[0]?.authorizers['jwt']).toMatchObject({
      kind: 'JWT',
      jwtConfiguration: { issuer: 'https://issuer.example/', audience: ['x'] },
    })
    const unknown = await readText(
      httpApi(route, jwt.replace('ISSUER', '"https://${aws_cognito_user_pool.p.endpoint}"')),
    )
    expect(unknown.routes).toEqual(['GET /p -> ?'])
    expect(unknown.stops).toContain('unresolved DEF-RES-01')
  })

  test('DEF-TF-07 quick create is an open $default route', async () => {
    const text =
      'resource "aws_apigatewayv2_api" "api" {\n name = "n"\n protocol_type = "HTTP"\n target = aws_lambda_function.f.arn\n}'
    const { routes, findings } = await readText(text)
    expect(routes).toEqual(['$default -> NONE'])
    expect(findings.some((each) => each.severity === 'confirm')).toBe(true)
  })

  test('DEF-CFN-12 only $connect of a WebSocket API has an authorizer', async () => {
    const guarded = await readText(textWith(CUSTOM, ''))
    expect(guarded.routes).toEqual(['$connect -> a', 'send -> NONE'])
    expect(guarded.findings.filter((each) => each.severity === 'confirm')).toEqual([])
    const misplaced = await readText(textWith('', CUSTOM))
    expect(misplaced.routes).toEqual(['$connect -> NONE', 'send -> ?'])
    expect(misplaced.stops).toContain('misplaced DEF-CFN-12')
    expect(misplaced.findings.some((each) => each.severity === 'confirm' && each.routes.includes('$connect'))).toBe(
      true,
    )
  })
})
