/** Resources of API Gateway that are not read. */
import { describe, expect, test } from 'vitest'
import { readText, restApi } from './support.ts'

const OPEN = restApi('http_method = "GET"\n  authorization = "NONE"')

const stack = (parameter: string) =>
  `\nresource "aws_cloudformation_stack" "s" {\n  name = "s"\n  parameters = {\n    Api = ${parameter}\n  }\n}`

describe('DEF-TF-07 resources of API Gateway with other types', () => {
  test.each(['aws_api_gateway_rest_api_put', 'aws_apigatewayv2_api_import', 'aws_api_gateway_something_new'])(
    '%s may change routes, and stops',
    async (type) => {
      const resource = `\nresource "${type}" "x" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n}`
      expect((await readText(OPEN)).stops).toEqual([])
      expect((await readText(OPEN + resource)).stops).toEqual(['dynamic DEF-TF-07'])
      const counted = resource.replace('{', '{\n  count = var.some')
      expect((await readText(`${OPEN}${counted}\nvariable "some" {}`)).stops).toContain('dynamic DEF-TF-04')
    },
  )

  test.each([
    'aws_api_gateway_account',
    'aws_api_gateway_integration',
    'aws_api_gateway_vpc_link',
    'aws_apigatewayv2_integration',
    'aws_lambda_function',
  ])('%s changes none, and does not stop', async (type) => {
    const resource = `\nresource "${type}" "x" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n}`
    expect((await readText(OPEN + resource)).stops).toEqual([])
  })

  test.each([
    ['by reference', 'aws_api_gateway_rest_api.api.id'],
    ['in a text', '"x/${aws_api_gateway_rest_api.api.id}"'],
    ['as its root', 'aws_api_gateway_rest_api.api.root_resource_id'],
  ])('a stack of CloudFormation that receives an API %s stops', async (_, value) => {
    expect((await readText(OPEN + stack(value))).stops).toEqual(['external DEF-TF-07'])
    expect((await readText(OPEN + stack('"x"'))).stops).toEqual([])
  })
})
