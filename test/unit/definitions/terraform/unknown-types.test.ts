/** Resources of API Gateway that are not read. */
import { describe, expect, test } from 'vitest'
import { readFiles, readText, restApi } from './support.ts'

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
    const counted = stack(value).replace('name = "s"', 'count = var.some')
    expect((await readText(`${OPEN}${counted}\nvariable "some" {}`)).stops).toEqual(['dynamic DEF-TF-04'])
  })

  test.each([
    ['aws_cloudformation_stack', 'template_body = jsonencode({ Api = aws_api_gateway_rest_api.api.id })'],
    ['aws_cloudformation_stack_set_instance', 'parameter_overrides = { Api = aws_api_gateway_rest_api.api.id }'],
    ['aws_cloudcontrolapi_resource', 'desired_state = jsonencode({ ApiId = aws_api_gateway_rest_api.api.id })'],
  ])('%s that receives an API as %s stops', async (type, attribute) => {
    const { stops } = await readText(`${OPEN}\nresource "${type}" "s" {\n  ${attribute}\n}`)
    expect(stops).toEqual(['external DEF-TF-07'])
  })

  test('a plan has one list of references for all parameters of a stack', async () => {
    const api = 'aws_api_gateway_rest_api.api'
    const plan = (expressions: object) =>
      JSON.stringify({
        format_version: '1.2',
        terraform_version: '1.9.0',
        complete: true,
        planned_values: {
          root_module: {
            resources: [
              { address: api, mode: 'managed', type: 'aws_api_gateway_rest_api', name: 'api', values: { name: 'n' } },
              {
                address: 'aws_cloudformation_stack.s',
                mode: 'managed',
                type: 'aws_cloudformation_stack',
                name: 's',
                values: { name: 's', parameters: {} },
              },
            ],
          },
        },
        resource_changes: [
          {
            address: api,
            mode: 'managed',
            type: 'aws_api_gateway_rest_api',
            name: 'api',
            change: { actions: ['create'], after: { name: 'n' }, after_unknown: { id: true } },
          },
          {
            address: 'aws_cloudformation_stack.s',
            mode: 'managed',
            type: 'aws_cloudformation_stack',
            name: 's',
            change: {
              actions: ['create'],
              after: { name: 's', parameters: {} },
              after_unknown: { parameters: { A: true } },
            },
          },
        ],
        configuration: {
          root_module: {
            resources: [
              { address: api, mode: 'managed', type: 'aws_api_gateway_rest_api', name: 'api', expressions: {} },
              {
                address: 'aws_cloudformation_stack.s',
                mode: 'managed',
                type: 'aws_cloudformation_stack',
                name: 's',
                expressions: { parameters: expressions },
              },
            ],
          },
        },
      })
    const stops = async (references: readonly string[]) =>
      (await readFiles({ name: 'plan.json', text: plan({ references }) })).stops
    expect(await stops([`${api}.id`, api])).toContain('external DEF-TF-07')
    expect(await stops(['aws_vpc.v.id', 'aws_vpc.v'])).not.toContain('external DEF-TF-07')
  })
})
