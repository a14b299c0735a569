/** Reads Terraform texts and summarizes the result. @module */
import { type Finding, readDefinition, type ReadOptions, type ReadResult } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'

export interface Summary {
  readonly routes: readonly string[]
  /** `class code` of findings that stop. */
  readonly stops: readonly string[]
  readonly reports: readonly string[]
  readonly findings: readonly Finding[]
  readonly result: ReadResult
}

const summaryOf = (result: ReadResult): Summary => {
  const named = (severity: string): readonly string[] =>
    result.findings.filter((each) => each.severity === severity).map((each) => `${each.class} ${each.code}`)
  return {
    routes: result.definition.apis.flatMap((api) => api.routes.map(notationOf)),
    stops: named('stop'),
    reports: named('report'),
    findings: result.findings,
    result,
  }
}

/** Reads one text as `main.tf`. */
export const readText = async (text: string, options?: ReadOptions): Promise<Summary> =>
  summaryOf(await readDefinition({ name: 'main.tf', text }, options))

/** Reads files or a folder. */
export const readFiles = async (files: Parameters<typeof readDefinition>[0], options?: ReadOptions): Promise<Summary> =>
  summaryOf(await readDefinition(files, options))

/** A REST API with one method; `attributes` are those of the method besides its place. */
export const restApi = (attributes: string, more = ''): string => `
resource "aws_api_gateway_rest_api" "api" {
  name = "n"
}
resource "aws_api_gateway_resource" "p" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "p"
}
resource "aws_api_gateway_authorizer" "a" {
  name           = "a"
  rest_api_id    = aws_api_gateway_rest_api.api.id
  authorizer_uri = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_method" "m" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.p.id
  ${attributes}
}
${more}
`

/** An HTTP API with an authorizer and one route. */
export const httpApi = (route: string, more = ''): string => `
resource "aws_apigatewayv2_api" "api" {
  name          = "n"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_authorizer" "a" {
  api_id                            = aws_apigatewayv2_api.api.id
  name                              = "a"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.f.invoke_arn
  authorizer_payload_format_version = "2.0"
  identity_sources                  = ["$request.header.Authorization"]
}
resource "aws_apigatewayv2_route" "r" {
  api_id = aws_apigatewayv2_api.api.id
  ${route}
}
${more}
`
