/** Parts of a template that may or may not belong to an API. */
import { describe, expect, test } from 'vitest'
import { doubtful, either, read, ref, rest } from './read.ts'

const stack = (Parameters: unknown): object => ({
  Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://s3.test/b/k', Parameters } },
})

describe('nested stacks that are not read', () => {
  test.each([
    ['by itself', { Api: ref('Api') }],
    ['by one of its attributes', { Root: { 'Fn::GetAtt': ['Api', 'RootResourceId'] } }],
    ['in a text', { Api: { 'Fn::Sub': '${Api}' } }],
    ['in a list', { Api: { 'Fn::Join': [',', [ref('Api'), 'x']] } }],
    ['under a condition', { Api: either('East', ref('Api'), 'x') }],
    ['under a condition for all parameters', either('East', { Api: ref('Api') }, {})],
  ])('DEF-CFN-15 a stack that receives an API %s stops', async (_, parameters) => {
    const { stops } = await read(doubtful({ ...rest(), ...stack(parameters) }))
    expect(stops).toEqual(['DEF-CFN-15 external'])
  })

  test.each([
    ['no parameters', undefined],
    ['a text', { Name: 'x' }],
    ['a parameter of the template', { Region: ref('Region') }],
    ['another resource', { Topic: ref('Topic') }],
  ])('DEF-CFN-15 a stack with %s is reported', async (_, parameters) => {
    const Topic = { Type: 'AWS::SNS::Topic', Properties: {} }
    const { stops, reports } = await read(doubtful({ ...rest(), Topic, ...stack(parameters) }))
    expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-CFN-15 external'] })
  })
})

const plan = (planCondition?: string, keyCondition?: string): object =>
  doubtful({
    ...rest(),
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      ...(planCondition !== undefined && { Condition: planCondition }),
      Properties: { ApiStages: [{ ApiId: ref('Api') }] },
    },
    PlanKey: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      ...(keyCondition !== undefined && { Condition: keyCondition }),
      Properties: { UsagePlanId: ref('Plan'), KeyId: 'abc', KeyType: 'API_KEY' },
    },
  })

describe('usage plans', () => {
  test('DEF-CFN-16 a key that may not belong to its plan stops', async () => {
    expect((await read(plan())).apis[0]?.usagePlans).toEqual([{ name: 'Plan', keys: ['PlanKey'] }])
    const { apis, stops } = await read(plan(undefined, 'East'))
    expect({ plans: apis[0]?.usagePlans, stops }).toEqual({
      plans: [{ name: 'Plan', keys: [] }],
      stops: ['DEF-RES-01 unresolved'],
    })
    expect((await read(plan(undefined, 'Never'))).apis[0]?.usagePlans).toEqual([{ name: 'Plan', keys: [] }])
    expect((await read(plan(undefined, 'Always'))).apis[0]?.usagePlans).toEqual([{ name: 'Plan', keys: ['PlanKey'] }])
    expect((await read(plan(undefined, 'Dev'))).stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test('DEF-CFN-16 a plan that may not exist stops', async () => {
    expect((await read(plan('East'))).stops).toEqual(['DEF-RES-01 unresolved'])
    expect((await read(plan('Prod'))).stops).toEqual(['DEF-RES-05 unresolved'])
    const { apis, stops } = await read(plan('Prod'), { useDefaults: true })
    expect({ plans: apis[0]?.usagePlans, stops }).toEqual({ plans: undefined, stops: [] })
  })
})
