/** Base paths of documents whose resource declares what the import does with them (DEF-OAS-24). */
import { expect, test } from 'vitest'
import { read as readTemplate } from '../cloudformation/read.ts'
import { readText as readTerraform } from '../terraform/support.ts'

const BODY = {
  openapi: '3.0.1',
  info: { title: 'n', version: '1' },
  servers: [{ url: 'https://api.test/v1/shop' }],
  paths: { '/p': { get: { responses: {} } } },
}

interface Read {
  readonly routes: readonly string[]
  readonly stops: readonly string[]
}

/** Reads an API whose mode is written as JSON; `undefined` for no mode. */
type Reader = (mode: unknown, options?: { basePathMode: 'prepend' }) => Promise<Read>

const restTemplate: Reader = (mode, options) =>
  readTemplate(
    {
      Api: {
        Type: 'AWS::ApiGateway::RestApi',
        Properties: { Body: BODY, ...(mode !== undefined && { Parameters: { basepath: mode } }) },
      },
    },
    options,
  )
const httpTemplate: Reader = (mode, options) =>
  readTemplate(
    {
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: { Body: BODY, ...(mode !== undefined && { BasePath: mode }) },
      },
    },
    options,
  )
const terraform: Reader = async (mode, options) => {
  const text = typeof mode === 'string' ? JSON.stringify(mode) : 'var.mode'
  const parameters = mode === undefined ? '' : `parameters = { basepath = ${text} }`
  const { routes, stops } = await readTerraform(
    `variable "mode" {}\nresource "aws_api_gateway_rest_api" "api" {\n name = "n"\n body = jsonencode(${JSON.stringify(BODY)})\n ${parameters}\n}`,
    options,
  )
  return { routes, stops: stops.map((each) => each.split(' ').toReversed().join(' ')) }
}

const FORMATS: readonly (readonly [string, Reader])[] = [
  ['AWS::ApiGateway::RestApi', restTemplate],
  ['AWS::ApiGatewayV2::Api', httpTemplate],
  ['aws_api_gateway_rest_api', terraform],
]

test.each(FORMATS)('DEF-OAS-24 the base path mode that %s declares counts', async (_, read) => {
  const routeOf = async (...given: Parameters<Reader>) =>
    (await read(...given)).routes.map((each) => each.split(' ')[1])
  expect(await routeOf(undefined)).toEqual(['/p'])
  expect(await routeOf('ignore')).toEqual(['/p'])
  expect(await routeOf('prepend')).toEqual(['/v1/shop/p'])
  expect(await routeOf('split')).toEqual(['/shop/p'])
  expect(await routeOf('ignore', { basePathMode: 'prepend' })).toEqual(['/p'])
  expect(await routeOf(undefined, { basePathMode: 'prepend' })).toEqual(['/v1/shop/p'])
})

test.each(FORMATS)('DEF-OAS-24 a base path mode of %s that is not known, or is none, stops', async (_, read) => {
  expect((await read('Prepend')).stops).toEqual(['DEF-OAS-24 invalid'])
  expect((await read({ Ref: 'Mode' })).stops).not.toEqual([])
})

test('DEF-OAS-24 a base path mode that depends on the default of a parameter stops', async () => {
  const template = {
    Parameters: { Mode: { Type: 'String', Default: 'prepend' } },
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: BODY, Parameters: { basepath: { Ref: 'Mode' } } } },
    },
  }
  expect((await readTemplate(template)).stops).toEqual(['DEF-RES-05 unresolved'])
  expect((await readTemplate(template, { parameters: { Mode: 'prepend' } })).routes).toEqual(['GET /v1/shop/p -> NONE'])
})

test.each([
  ['in another letter case', { basePath: 'prepend' }, ['GET /v1/shop/p -> NONE'], []],
  ['twice, and the same', { basePath: 'prepend', basepath: 'prepend' }, ['GET /v1/shop/p -> NONE'], []],
  ['twice, and different', { basePath: 'prepend', basepath: 'split' }, ['GET /p -> NONE'], ['DEF-OAS-24 ambiguous']],
  ['beside others', { ignore: 'documentation', basepath: 'split' }, ['GET /shop/p -> NONE'], []],
])('DEF-OAS-24 a REST API with the import parameter basepath %s', async (_, parameters, routes, stops) => {
  const read = await readTemplate({
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: BODY, Parameters: parameters } },
  })
  expect(read).toMatchObject({ routes, stops })
})
