import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { root } from '../../../support/root.ts'
import { notationOf } from '../notation.ts'
import { httpApi, readFiles, readText, restApi } from './support.ts'

const corpus = join(root, 'test', 'corpus', 'definitions', 'terraform')
const expected = JSON.parse(readFileSync(join(corpus, 'expected.json'), 'utf8')) as Record<
  string,
  Record<string, readonly string[]> & { stops: readonly string[] }
>

describe('configurations as projects have them', () => {
  test.each(Object.entries(expected))(
    'DEF-TF-02 the folder %s gives the routes that Terraform deploys',
    async (name, { stops, ...apis }) => {
      const { result, stops: found } = await readFiles(join(corpus, name))
      const routes = result.definition.apis.map((api) => [api.name, api.routes.map(notationOf)] as const)
      expect(Object.fromEntries(routes)).toEqual(apis)
      expect(found).toEqual(stops)
    },
  )
})

const schemeOf = (uri: string): string =>
  `{"type":"apiKey","name":"Authorization","in":"header","x-amazon-apigateway-authtype":"custom","x-amazon-apigateway-authorizer":{"type":"token","authorizerUri":${uri}}}`
const openApi = (uri: string, path: string): string =>
  `{"openapi":"3.0.1","info":{"title":"t","version":"1"},"paths":{${path}:{"get":{"security":[{"a":[]}]}}},"components":{"securitySchemes":{"a":${schemeOf(uri)}}}}`
const apiWith = (body: string): string => `resource "aws_api_gateway_rest_api" "api" {\n name = "n"\n body = ${body}\n}`

describe('folders and files', () => {
  let folder = ''
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'terraform-'))
  })
  afterEach(() => {
    vi.doUnmock('@cdktf/hcl2json')
    rmSync(folder, { recursive: true })
  })
  const OPEN = 'authorization_type = "NONE"'

  test('DEF-TF-02 all files of a folder count: variables, JSON and overrides; hidden files and others do not', async () => {
    write({
      'main.tf': httpApi('route_key = "GET /${var.a}/${var.b}/${var.c}"\nauthorization_type = "NONE"'),
      'variables.tf': 'variable "a" {\n default = "default"\n}\nvariable "b" {}\nvariable "c" {}',
      'terraform.tfvars': 'a = "1"\nb = "2"',
      'x.auto.tfvars.json': '{ "b": "3", "c": "4" }',
      'other.tfvars': 'c = "5"',
      'more.tf.json':
        '{ "resource": { "aws_apigatewayv2_route": { "json": { "api_id": "${aws_apigatewayv2_api.api.id}", "route_key": "GET /json", "authorization_type": "${upper(\\"none\\")}" } } } }',
      'main_override.tf':
        'resource "aws_apigatewayv2_route" "json" {\n authorization_type = "CUSTOM"\n authorizer_id = aws_apigatewayv2_authorizer.a.id\n}',
      '.hidden.tf': 'syntax error',
      'backup.tf~': 'syntax error',
      'readme.md': 'syntax error',
    })
    const { routes, stops } = await readFiles(folder)
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /1/3/4 -> NONE', 'GET /json -> a'])
  })

  test('DEF-TF-13 an override does not take away what lifecycle of the resource ignores', async () => {
    write({
      'main.tf': httpApi(
        `route_key = "GET /pets"\n${OPEN}\nlifecycle {\n ignore_changes = [authorization_type]\n prevent_destroy = true\n}`,
      ),
      'main_override.tf': 'resource "aws_apigatewayv2_route" "r" {\n lifecycle {\n  prevent_destroy = false\n }\n}',
    })
    const { routes, stops } = await readFiles(folder)
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> ?'], stops: ['unresolved DEF-RES-01'] })
  })

  test.each<[from: string, destroy: boolean, stops: readonly string[]]>([
    ['aws_apigatewayv2_route.admin', false, ['unresolved DEF-TF-03']],
    ['module.api', false, ['unresolved DEF-TF-03']],
    ['aws_apigatewayv2_route.admin', true, []],
    ['aws_vpc.main', false, []],
  ])('DEF-TF-03 a removed block for %s with destroy = %s', async (from, destroy, expectedStops) => {
    const removed = `removed {\n from = ${from}\n lifecycle {\n  destroy = ${destroy}\n }\n}`
    const { stops } = await readText(httpApi(`route_key = "GET /pets"\n${OPEN}`, removed))
    expect(stops).toEqual(expectedStops)
  })

  test('DEF-TF-02 .tofu files, which OpenTofu reads instead, stop', async () => {
    write({ 'main.tf': httpApi(`route_key = "GET /pets"\n${OPEN}`), 'main.tofu': '' })
    const { routes, stops } = await readFiles(folder)
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> NONE'], stops: ['ambiguous DEF-TF-02'] })
  })

  test('DEF-TF-02 files that are named are read together, and alone', async () => {
    write({ 'a.tf': httpApi(`route_key = local.key\n${OPEN}`), 'b.tf': 'locals {\n key = "GET /b"\n}' })
    expect((await readFiles([join(folder, 'a.tf'), join(folder, 'b.tf')])).routes).toEqual(['GET /b -> NONE'])
    expect((await readFiles(join(folder, 'a.tf'))).routes).toEqual([])
  })

  test('DEF-TF-06 local modules are read with their inputs, and remote ones stop', async () => {
    write({
      'main.tf': `
module "api" {
  source   = "./modules/api"
  for_each = { one = "GET /1", two = "GET /2" }
  key      = each.value
  guarded  = each.key == "one"
}
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"
}
module "none" {
  source = "git::https://example.com/none.git"
  count  = 0
}`,
      'modules/api/main.tf': `
variable "key" {}
variable "guarded" {}
variable "method" {
  default = "NONE"
}
${httpApi('route_key = var.key\nauthorization_type = var.guarded ? "CUSTOM" : var.method\nauthorizer_id = var.guarded ? aws_apigatewayv2_authorizer.a.id : null')}
output "id" {
  value = aws_apigatewayv2_api.api.id
}`,
      'more.tf': `resource "aws_apigatewayv2_route" "added" {
  api_id             = module.api["one"].id
  route_key          = "GET /added"
  authorization_type = "NONE"
}`,
    })
    const { result, routes, stops } = await readFiles(folder)
    expect(stops).toEqual(['dynamic DEF-TF-06'])
    expect(result.definition.apis.map((each) => each.name)).toEqual(['module.api["one"].api', 'module.api["two"].api'])
    expect(routes).toEqual(['GET /1 -> module.api["one"].a', 'GET /added -> NONE', 'GET /2 -> NONE'])
  })

  test('DEF-TF-06 DEF-IN-05 a module that includes itself stops', async () => {
    write({ 'main.tf': 'module "m" {\n source = "./m"\n}', 'm/main.tf': 'module "m" {\n source = "../m"\n}' })
    expect((await readFiles(folder)).stops).toContain('hostile DEF-IN-05')
  })

  test('DEF-IN-22 files and modules outside of the base directory are not read', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'terraform-outside-'))
    writeFileSync(join(outside, 'main.tf'), httpApi(`route_key = "GET /a"\n${OPEN}`))
    symlinkSync(join(outside, 'main.tf'), join(folder, 'link.tf'))
    write({
      'main.tf': `module "m" {\n source = "../${outside.split('/').at(-1)}"\n}\nresource "aws_api_gateway_rest_api" "api" {\n name = "n"\n body = file("/etc/hostname")\n}`,
    })
    const { routes, stops } = await readFiles(folder)
    rmSync(outside, { recursive: true })
    expect(routes).toEqual([])
    expect(stops).toContain('external DEF-IN-22')
  })

  test('DEF-TF-06 a module beside the configuration is read with a base directory', async () => {
    write({
      'envs/prod/main.tf': 'module "m" {\n source = "../../modules/m"\n}',
      'modules/m/main.tf': httpApi(`route_key = file("\${path.module}/key.txt")\n${OPEN}`),
      'modules/m/key.txt': 'GET /a',
    })
    const { routes, stops } = await readFiles(join(folder, 'envs', 'prod'), { baseDirectory: folder })
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /a -> NONE'])
    expect((await readFiles(join(folder, 'envs', 'prod'))).stops).toContain('external DEF-IN-22')
  })

  test('DEF-TF-07 the body of a template names exactly what is not known', async () => {
    write({
      'main.tf': `resource "aws_api_gateway_rest_api_policy" "p" {
  policy = templatefile("policy.json", { resource = "*", principal = var.principal })
}
${restApi('http_method = "GET"\nauthorization = "NONE"')}`,
      'policy.json':
        '{"Statement":[{"Effect":"Allow","Principal":"${principal}","Action":"execute-api:Invoke","Resource":"${resource}"}]}',
    })
    expect((await readFiles(folder)).stops).toEqual(['resource-policy DEF-CFN-17'])
    const { stops } = await readFiles(folder, { variables: { principal: '*' } })
    expect(stops).toEqual([])
  })

  test('DEF-TF-07 an OpenAPI body is read, from a template or from jsonencode', async () => {
    write({
      'main.tf': apiWith('templatefile("api.json", { uri = aws_lambda_function.f.invoke_arn, prefix = "v1" })'),
      'api.json': openApi('"${uri}"', '"/${prefix}/p"'),
    })
    const template = await readFiles(folder)
    expect(template.stops).toEqual([])
    expect(template.routes).toEqual(['GET /v1/p -> a'])
    write({ 'main.tf': apiWith(`jsonencode(${openApi('aws_lambda_function.f.invoke_arn', '"/p"')})`) })
    expect((await readFiles(folder)).routes).toEqual(['GET /p -> a'])
    write({ 'main.tf': apiWith('templatefile("api.json", { uri = "x", prefix = var.prefix })') })
    const unknown = await readFiles(folder)
    expect(unknown.routes).toEqual([])
    expect(unknown.stops.length).toBeGreaterThan(0)
  })

  test('DEF-GEN-02 a folder without APIs, and the output of the CDK, are reported as such', async () => {
    write({ 'main.tf': 'resource "aws_s3_bucket" "b" {}' })
    expect((await readFiles(folder)).stops).toEqual(['nothing-found DEF-GEN-02'])
    expect((await readFiles([{ name: 'main.tf', text: 'locals {}' }])).stops).toEqual(['nothing-found DEF-GEN-02'])
  })

  test('DEF-TF-02 without the parser, the finding says what to install', async () => {
    vi.doMock('@cdktf/hcl2json', () => {
      throw new Error('not installed')
    })
    const { findings, stops } = await readText(httpApi(`route_key = "GET /a"\n${OPEN}`))
    expect(stops).toEqual(['external DEF-TF-02'])
    expect(findings[0]?.advice).toContain('npm install @cdktf/hcl2json')
    expect(findings[0]?.advice).toContain('terraform show -json')
  })
})

const nestedLists = (count: number): string => `locals {\n a = ${'['.repeat(count)}${']'.repeat(count)}\n}`

describe('hostile files', () => {
  test.each([
    ['a syntax error', 'resource "a" {', 'malformed DEF-IN-04'],
    ['an attribute twice', 'locals {\n a = 1\n a = 2\n}', 'malformed DEF-IN-02'],
    ['a local in two blocks', 'locals {\n a = 1\n}\nlocals {\n a = 2\n}', 'conflict DEF-IN-02'],
    ['the label __proto__', 'resource "aws_api_gateway_method" "__proto__" {}', 'hostile DEF-IN-03'],
    ['the attribute __proto__', 'resource "aws_api_gateway_method" "m" {\n __proto__ = 1\n}', 'hostile DEF-IN-03'],
    ['3,000 levels', nestedLists(3000), 'hostile DEF-IN-08'],
    ['a NUL', 'a\0b', 'malformed DEF-IN-04'],
    [
      '20,000 instances of many resources',
      Array.from({ length: 60 }, (_, i) => `resource "aws_api_gateway_method" "m${i}" {\n count = 20000\n}`).join('\n'),
      'hostile DEF-IN-07',
    ],
  ])('%s', async (_, text, stop) => {
    expect((await readText(text)).stops).toContain(stop)
  })

  test('DEF-IN-08 the parser works after a file that was too deep', async () => {
    await readText(nestedLists(3000))
    expect((await readText(httpApi('route_key = "GET /a"\nauthorization_type = "NONE"'))).routes).toEqual([
      'GET /a -> NONE',
    ])
  })

  test('DEF-IN-03 names of JavaScript are names like others', async () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'prototype']) {
      const text = httpApi(
        `route_key = "GET /${name}"\nauthorization_type = "CUSTOM"\nauthorizer_id = aws_apigatewayv2_authorizer.${name}.id`,
      )
      expect(
        (await readText(text.replace('"aws_apigatewayv2_authorizer" "a"', `"aws_apigatewayv2_authorizer" "${name}"`)))
          .routes,
      ).toEqual([`GET /${name} -> ${name}`])
      expect((await readText(httpApi(`route_key = local.${name}`))).routes).toEqual([])
    }
  })

  test('DEF-GEN-06 findings name file, line and address', async () => {
    const { findings } = await readText(`# comment\n\n${httpApi('route_key = "GET /a"\n  authorization_type = var.x')}`)
    const found = findings.find((each) => each.severity === 'stop')
    expect(found?.origin).toEqual({ file: 'main.tf', line: 19, pointer: 'aws_apigatewayv2_route.r/authorization_type' })
  })
})
