import { describe, expect, test } from 'vitest'
import { readText, restApi } from './support.ts'

const CUSTOM = 'http_method = "GET"\nauthorization = "CUSTOM"\nauthorizer_id = aws_api_gateway_authorizer.a.id'

const plansWith = async (stage: string, enabled: string) => {
  const text = `
resource "aws_api_gateway_stage" "s" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = "prod"
}
resource "aws_api_gateway_usage_plan" "u" {
  name = "gold"
  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = ${stage}
  }
}
resource "aws_api_gateway_api_key" "k" {
  name    = "acme"
  enabled = ${enabled}
}
resource "aws_api_gateway_usage_plan_key" "uk" {
  key_id        = aws_api_gateway_api_key.k.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.u.id
}`
  const { result, stops } = await readText(restApi(CUSTOM, text))
  return [...(result.definition.apis[0]?.usagePlans ?? []).map(({ keys }) => keys.join()), ...stops]
}

describe('REST APIs', () => {
  test('DEF-TF-02 DEF-CFN-01 paths follow parent_id to the root, and methods may be on the root', async () => {
    const { routes, stops } = await readText(
      restApi(
        CUSTOM,
        `
resource "aws_api_gateway_resource" "q" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.p.id
  path_part   = "{q+}"
}
resource "aws_api_gateway_method" "q" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.q.id
  http_method   = "any"
  authorization = "NONE"
}
resource "aws_api_gateway_method" "root" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_rest_api.api.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}`,
      ),
    )
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET / -> NONE', 'GET /p -> a', 'ANY /p/{q+} -> NONE'])
  })

  test.each([
    ['authorization is not set', 'http_method = "GET"', 'invalid DEF-TF-02'],
    ['CUSTOM has no authorizer_id', 'http_method = "GET"\nauthorization = "CUSTOM"', 'unresolved DEF-CFN-03'],
    [
      'the authorizer is not in the input',
      'http_method = "GET"\nauthorization = "CUSTOM"\nauthorizer_id = "abc123"',
      'external DEF-CFN-03',
    ],
    [
      'the reference leads to nothing',
      'http_method = "GET"\nauthorization = "CUSTOM"\nauthorizer_id = aws_api_gateway_authorizer.b.id',
      'unknown-authorizer DEF-CFN-03',
    ],
    [
      'the reference is to another attribute',
      'http_method = "GET"\nauthorization = "CUSTOM"\nauthorizer_id = aws_api_gateway_authorizer.a.arn',
      'unknown-authorizer DEF-CFN-03',
    ],
    [
      'NONE has an authorizer_id',
      'http_method = "GET"\nauthorization = "NONE"\nauthorizer_id = aws_api_gateway_authorizer.a.id',
      'ambiguous DEF-CFN-05',
    ],
    [
      'the kinds do not fit',
      'http_method = "GET"\nauthorization = "COGNITO_USER_POOLS"\nauthorizer_id = aws_api_gateway_authorizer.a.id',
      'invalid DEF-TF-02',
    ],
    ['authorization is a list', 'http_method = "GET"\nauthorization = ["NONE"]', 'invalid DEF-GEN-15'],
    ['authorization is unknown text', 'http_method = "GET"\nauthorization = "none"', 'unknown-authorizer DEF-TF-02'],
    ['authorization is a variable', 'http_method = "GET"\nauthorization = var.type', 'unresolved DEF-RES-01'],
  ])('DEF-TF-02 the route is undecided if %s', async (_, attributes, stop) => {
    const { routes, stops, findings } = await readText(restApi(attributes))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toContain(stop)
    expect(findings.some((each) => each.severity === 'stop' && each.routes.includes('GET /p'))).toBe(true)
  })

  test('DEF-TF-02 a method that is not known stands for every method, undecided', async () => {
    const { routes, stops } = await readText(restApi('http_method = var.method\nauthorization = "NONE"'))
    expect(routes).toEqual(['ANY /p -> ?'])
    expect(stops).toContain('unresolved DEF-RES-01')
  })

  test('DEF-CFN-06 a method whose path is not known stops', async () => {
    const text = restApi(CUSTOM).replace('path_part   = "p"', 'path_part   = var.part')
    const { routes, stops } = await readText(text)
    expect(routes).toEqual([])
    expect(stops).toContain('unresolved DEF-CFN-06')
  })

  test('DEF-CFN-06 resources that are their own parents stop', async () => {
    const text = restApi(CUSTOM).replace(
      'aws_api_gateway_rest_api.api.root_resource_id',
      'aws_api_gateway_resource.p.id',
    )
    expect((await readText(text)).stops).toContain('unresolved DEF-CFN-06')
  })

  test('DEF-TF-02 routes of an API that is not in the input stop as external, and keep their guards', async () => {
    const text = restApi(CUSTOM)
      .replaceAll('aws_api_gateway_rest_api.api.id', 'var.api')
      .replace('aws_api_gateway_rest_api.api.root_resource_id', 'data.aws_api_gateway_resource.root.id')
    const { routes, stops } = await readText(text)
    expect(routes).toEqual([])
    expect(stops).toContain('external DEF-RES-01')
  })

  test('DEF-TF-09 two methods for one route, and one address twice, are conflicts', async () => {
    const other = `
resource "aws_api_gateway_method" "n" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.p.id
  http_method   = "GET"
  authorization = "NONE"
}`
    const twice = await readText(restApi(CUSTOM, other))
    expect(twice.routes).toEqual(['GET /p -> ?'])
    expect(twice.stops).toContain('conflict DEF-TF-09')
    const repeated = await readText(restApi(CUSTOM, other.replace('"n"', '"m"')))
    expect(repeated.routes).toEqual(['GET /p -> ?'])
    expect(repeated.stops).toContain('conflict DEF-TF-09')
  })

  test.each([
    [
      'TOKEN with two sources',
      'identity_source = "method.request.header.A,method.request.header.B"',
      'invalid DEF-TF-05',
    ],
    ['a source of an HTTP API', 'identity_source = "$request.header.A"', 'invalid DEF-TF-05'],
    ['an unknown type', 'type = "LAMBDA"', 'unknown-authorizer DEF-TF-02'],
    ['a lifetime that is too long', 'authorizer_result_ttl_in_seconds = 4000', 'invalid DEF-GEN-15'],
    ['a source that is not known', 'identity_source = var.source', 'unresolved DEF-RES-01'],
    ['an expression that is a list', 'identity_validation_expression = ["a"]', 'invalid DEF-GEN-15'],
  ])('DEF-TF-02 an authorizer with %s stops', async (_, attributes, stop) => {
    const text = restApi(CUSTOM).replace('authorizer_uri =', `${attributes}\n  authorizer_uri =`)
    const { stops, routes } = await readText(text)
    expect(stops).toContain(stop)
    expect(routes[0]).not.toContain('NONE')
  })

  test('DEF-GEN-15 a lifetime that is not known becomes 0', async () => {
    const text = restApi(CUSTOM).replace(
      'authorizer_uri =',
      'authorizer_result_ttl_in_seconds = var.ttl\n authorizer_uri =',
    )
    const { result, stops } = await readText(text)
    expect(stops).toEqual([])
    expect(result.definition.apis[0]?.authorizers['a']).toMatchObject({ authorizerResultTtlInSeconds: 0 })
  })

  test('DEF-TF-02 a user pool, IAM and scopes are carried, and stop as unsupported', async () => {
    const more = `
resource "aws_api_gateway_authorizer" "pool" {
  name          = "pool"
  rest_api_id   = aws_api_gateway_rest_api.api.id
  type          = "COGNITO_USER_POOLS"
  provider_arns = [aws_cognito_user_pool.p.arn]
}
resource "aws_api_gateway_method" "iam" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.p.id
  http_method   = "PUT"
  authorization = "AWS_IAM"
}`
    const { routes, stops } = await readText(
      restApi(
        'http_method = "GET"\nauthorization = "COGNITO_USER_POOLS"\nauthorizer_id = aws_api_gateway_authorizer.pool.id\nauthorization_scopes = ["a/b"]',
        more,
      ),
    )
    expect(routes).toEqual(['GET /p -> pool [a/b]', 'PUT /p -> AWS_IAM'])
    expect(stops).toEqual(['unsupported-authorizer DEF-DEF-05', 'unsupported-authorizer DEF-DEF-05'])
  })

  test('DEF-RES-01 scopes that are not known leave the route undecided, and an unknown key requirement is one', async () => {
    const { routes } = await readText(
      restApi(`${CUSTOM}\napi_key_required = var.key`).replace('authorizer_uri =', 'authorizer_uri  ='),
    )
    expect(routes).toEqual(['GET /p -> a +key'])
  })

  test('DEF-TF-07 bodies that are not in the input stop as external', async () => {
    for (const body of ['templatefile("a.yaml", {})', 'file("a.yaml")', 'var.body', 'data.template_file.a.rendered']) {
      const { stops } = await readText(`resource "aws_api_gateway_rest_api" "api" {\n name = "n"\n body = ${body}\n}`)
      expect(stops).toEqual(['external DEF-TF-07'])
    }
  })

  test.each([
    ['data.aws_iam_policy_document.p.json', true],
    [
      'jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = "*" }] })',
      true,
    ],
    [
      '"{\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"execute-api:Invoke\\",\\"Resource\\":\\"*\\"}]}"',
      false,
    ],
    [
      'jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" }] })',
      false,
    ],
    ['""', false],
    ['null', false],
    ['"not json: ["', true],
  ])('DEF-TF-08 DEF-CFN-17 the resource policy %s: stops %s', async (policy, stops) => {
    const resource = `resource "aws_api_gateway_rest_api_policy" "x" {\n rest_api_id = aws_api_gateway_rest_api.api.id\n policy = ${policy}\n}`
    const found = await readText(restApi(CUSTOM, resource))
    expect(found.stops.length > 0).toBe(stops)
  })

  test.each(['/', 'a/b'])('DEF-GEN-13 a path part %j is no segment, and its methods have no path', async (part) => {
    const { routes, findings } = await readText(restApi(CUSTOM).replace('path_part   = "p"', `path_part   = "${part}"`))
    expect(routes).toEqual([])
    const stops = findings.filter(({ severity }) => severity === 'stop').map(({ code }) => code)
    expect(stops.toSorted()).toEqual(['DEF-CFN-06', 'DEF-GEN-13'])
  })

  test('DEF-TF-08 a usage plan counts for the stage that it names, and a disabled key in none', async () => {
    expect(await plansWith('"prod"', 'true')).toEqual(['acme'])
    expect(await plansWith('aws_api_gateway_stage.s.stage_name', 'true')).toEqual(['acme'])
    expect(await plansWith('"dev"', 'true')).toEqual([])
    expect(await plansWith('aws_vpc.v.id', 'true')).toEqual(['unresolved DEF-RES-01'])
    expect(await plansWith('"prod"', 'false')).toEqual([''])
  })

  test('DEF-TF-08 DEF-CFN-18 stages, responses, usage plans and base paths are carried, other protection is reported', async () => {
    const { result, reports } = await readText(
      restApi(
        CUSTOM,
        `
resource "aws_api_gateway_stage" "s" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = "prod"
  variables   = { table = "t", secret = data.aws_x.y.z }
}
resource "aws_api_gateway_gateway_response" "r" {
  rest_api_id         = aws_api_gateway_rest_api.api.id
  response_type       = "UNAUTHORIZED"
  status_code         = 418
  response_templates  = { "application/json" = "{}" }
  response_parameters = { "gatewayresponse.header.A" = "'b'" }
}
resource "aws_api_gateway_usage_plan" "u" {
  name = "gold"
  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = "prod"
  }
  quota_settings {
    limit  = 5
    period = "DAY"
  }
}
resource "aws_api_gateway_api_key" "k" {
  name  = "acme"
  value = "not-for-the-definition-0123456789"
}
resource "aws_api_gateway_usage_plan_key" "uk" {
  key_id        = aws_api_gateway_api_key.k.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.u.id
}
resource "aws_api_gateway_base_path_mapping" "b" {
  api_id    = aws_api_gateway_rest_api.api.id
  base_path = "v1"
}
resource "aws_api_gateway_domain_name" "d" {
  domain_name = "example.com"
  mutual_tls_authentication {
    truststore_uri = "s3://x"
  }
}
resource "aws_wafv2_web_acl_association" "w" {
  resource_arn = aws_api_gateway_stage.s.arn
}`,
      ),
    )
    expect(result.definition.apis[0]).toMatchObject({
      stage: 'prod',
      stageVariables: { table: 't' },
      basePath: '/v1',
      gatewayResponses: {
        UNAUTHORIZED: {
          statusCode: 418,
          responseParameters: { 'gatewayresponse.header.A': "'b'" },
          responseTemplates: { 'application/json': '{}' },
        },
      },
      usagePlans: [{ name: 'gold', quota: { limit: 5, period: 'DAY' }, keys: ['acme'] }],
    })
    expect(reports.filter((each) => each === 'not-carried DEF-CFN-18')).toHaveLength(2)
    expect(JSON.stringify(result)).not.toContain('not-for-the-definition')
  })
})
