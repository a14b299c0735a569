/** The method ARN (AWS-ARN). */
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import { A, allow, ALLOWED, API, bearer, eventFor, headerOf, reasonOf, tokenBench } from '../harness.ts'

/** The method ARN in the events of a TOKEN and of a REQUEST authorizer. */
const arnFor = async (line: string, parts: RequestParts = {}, api: aws.ApiOptions = API): Promise<string> => {
  const { evaluate, handler } = tokenBench(async () => allow(), { api })
  await evaluate(line, { ...parts, headers: { Authorization: 'x' } })
  const { methodArn } = await eventFor(gatewayRequest(line, parts), { api })
  expect(handler.mock.lastCall?.[0].methodArn).toBe(methodArn)
  return methodArn
}

test.each<[rule: string, line: string, arn: string, parts?: RequestParts]>([
  ['AWS-ARN-01', 'GET /pets/7', `${A}/GET/pets/7`],
  ['AWS-ARN-02', 'GET /', `${A}/GET/`],
  ['AWS-ARN-02', 'GET /?a=/b', `${A}/GET/`],
  ['AWS-ARN-02', 'GET /', `${A}/GET/`, { routing: LOOSE }],
  ['AWS-ARN-04', 'DELETE /pets/7', `${A}/DELETE/pets/7`],
  ['AWS-ARN-04', 'HEAD /pets/7', `${A}/HEAD/pets/7`],
  ['AWS-ARN-04', 'OPTIONS /pets/7', `${A}/OPTIONS/pets/7`],
  ['AWS-ARN-05', 'GET /pets/7/toys/8', `${A}/GET/pets/7/toys/8`],
  ['AWS-ARN-05', 'GET /pets/7', `${A}/GET/pets/7`, { route: '/pets/{id}' }],
  ['AWS-ARN-07', 'GET /pets/7?id=8&x=%2Fa', `${A}/GET/pets/7`],
  ['AWS-ARN-10', 'GET /u/a%20b%2Bc%3A', `${A}/GET/u/a%20b%2Bc%3A`],
  ['AWS-ARN-10', 'GET /u/x%2Fy', `${A}/GET/u/x%2Fy`],
  // SEC-07: hex digits are upper case, unreserved characters are decoded once.
  ['AWS-ARN-10', 'GET /u/x%2fy', `${A}/GET/u/x%2Fy`],
  ['AWS-ARN-10', 'GET /users/%62ob', `${A}/GET/users/bob`],
  ['AWS-ARN-10', 'GET /users/%2562ob', `${A}/GET/users/%2562ob`],
  ['AWS-ARN-11', 'GET /pets/', `${A}/GET/pets/`],
  ['AWS-ARN-11', 'GET /pets/', `${A}/GET/pets`, { routing: LOOSE }],
  ['AWS-ARN-15', 'GET /a:b/c::d', `${A}/GET/a:b/c::d`],
])('%s the method ARN of %s is %s', async (_, line, arn, parts) => {
  expect(await arnFor(line, parts)).toBe(arn)
})

test('AWS-ARN-04 the method ARN has the method of the request, even on an ANY route', async () => {
  const options = { api: API, routes: ['ANY /{proxy+}'] }
  const { methodArn, httpMethod } = await eventFor(gatewayRequest('PATCH /user_info'), options)
  expect(methodArn).toBe(`${A}/PATCH/user_info`)
  expect(httpMethod).toBe('PATCH')
})

test('AWS-ARN-07 stage variables do not appear in the method ARN', async () => {
  const { methodArn } = await eventFor(gatewayRequest('GET /a'), { api: API, stageVariables: { v: 'secret' } })
  expect(methodArn).toBe(`${A}/GET/a`)
})

test.each([
  ['delivery', 'POST /delivery/attachments', '/attachments'],
  ['/delivery', 'POST /delivery/attachments', '/attachments'],
  ['a/b', 'POST /a/b/c', '/c'],
  ['delivery', 'POST /delivery', '/'],
  ['delivery', 'POST /delivery/', '/'],
])('AWS-ARN-08 with the base path %s, %s has the path %s in the method ARN', async (basePath, line, path) => {
  expect(await arnFor(line, {}, { ...API, basePath })).toBe(`${A}/POST${path}`)
})

test('AWS-ARN-08 a policy names the path below the base path', async () => {
  const options = { api: { ...API, basePath: 'delivery' } }
  const { evaluate } = tokenBench(async () => allow(`${A}/POST/attachments`), options)
  expect(reasonOf(await evaluate('POST /delivery/attachments', bearer()))).toBe('ALLOWED')
  expect(reasonOf(await evaluate('POST /delivery/delivery/attachments', bearer()))).toBe('IMPLICIT_DENY')
})

test.each(['POST /attachments', 'POST /deliveryman/attachments', 'POST /'])(
  'AWS-ARN-08 %s is outside the base path and is denied without a call',
  async (line) => {
    const { evaluate, handler } = tokenBench(async () => allow(), { api: { ...API, basePath: 'delivery' } })
    expect(reasonOf(await evaluate(line, bearer()))).toBe('OUTSIDE_BASE_PATH')
    expect(handler).not.toHaveBeenCalled()
  },
)

test.each([
  ['us-east-1', 'aws'],
  ['eu-central-1', 'aws'],
  ['ap-southeast-2', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('AWS-ARN-09 the region %s has the partition %s', (region, partition) => {
  expect(aws.methodArn({ ...API, region }, 'GET', '/a')).toBe(
    `arn:${partition}:execute-api:${region}:123456789012:abcdef123/prod/GET/a`,
  )
})

test('AWS-ARN-09 api.partition overrides the partition', () => {
  expect(aws.methodArn({ ...API, partition: 'aws-us-gov' }, 'GET', '/a')).toMatch(/^arn:aws-us-gov:/)
})

test.each([
  ['AWS-ARN-01', 'get', 'pets/7', 'GET/pets/7'],
  ['AWS-ARN-02', 'GET', '/', 'GET/'],
  ['AWS-ARN-02', 'GET', '', 'GET/'],
  ['AWS-ARN-11', 'GET', '/pets/', 'GET/pets/'],
])('%s methodArn(api, %j, %j) ends with %s', (_, method, path, end) => {
  expect(aws.methodArn(API, method, path)).toBe(`${A}/${end}`)
})

test('AWS-ARN-06 the stage $default appears literally in the ARN', () => {
  expect(aws.methodArn({ ...API, stage: '$default' }, 'GET', '/x')).toBe(
    'arn:aws:execute-api:us-east-1:123456789012:abcdef123/$default/GET/x',
  )
})

test('AWS-ARN-15 colons in the path do not separate ARN fields', async () => {
  const { evaluate } = tokenBench(async () => allow(`${A}/GET/a:b:*`))
  expect(reasonOf(await evaluate('GET /a:b:c', bearer()))).toBe(ALLOWED.toUpperCase())
  expect(reasonOf(await evaluate('GET /a:x:c', bearer()))).toBe('IMPLICIT_DENY')
})

/** A path for which the method ARN of a GET request has this many bytes. */
const pathFor = (bytes: number): string => `/${'a'.repeat(bytes - `${A}/GET/`.length)}`

test('AWS-ARN-13 a method ARN of 1600 bytes is evaluated', async () => {
  const { evaluate } = tokenBench(async () => allow())
  expect(reasonOf(await evaluate(`GET ${pathFor(1600)}`, bearer()))).toBe('ALLOWED')
})

test('AWS-ARN-13 T46 a method ARN of 1601 bytes gives 414, with or without a token', async () => {
  const { evaluate, send, handler } = tokenBench(async () => allow())
  const line = `GET ${pathFor(1601)}`
  expect(await send(line, bearer())).toBe('414 {"message":"Request URI too long"}')
  expect(await send(line)).toBe('414 {"message":"Request URI too long"}')
  expect(headerOf(await evaluate(line), 'content-type')).toBe('application/json')
  expect(handler).not.toHaveBeenCalled()
})

test('AWS-ARN-13 the query string does not count towards the ARN limit', async () => {
  const { evaluate } = tokenBench(async () => allow())
  expect(reasonOf(await evaluate(`GET /a?q=${'a'.repeat(5000)}`, bearer()))).toBe('ALLOWED')
})
