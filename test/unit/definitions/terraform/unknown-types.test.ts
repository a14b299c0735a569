/** Resources of API Gateway that are not read. */
import { describe, expect, test } from 'vitest'
import { readText, restApi } from './support.ts'

const OPEN = restApi('http_method = "GET"\n  authorization = "NONE"')

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
})
