/** Parts of a template that may or may not belong to an API. */
import { describe, expect, test } from 'vitest'
import { doubtful, either, read, ref, rest } from './read.ts'

const stack = (Parameters: unknown): object => ({
  Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://s3.test/b/k', Parameters } },
})

const stackSet = (value: unknown): object => ({
  Set: {
    Type: 'AWS::CloudFormation::StackSet',
    Properties: { Parameters: [{ ParameterKey: 'Api', ParameterValue: value }] },
  },
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

  test('DEF-CFN-15 a stack that receives an output of another stack stops', async () => {
    const Inner = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://s3.test/b/i' } }
    const { stops } = await read({ ...rest(), Inner, ...stack({ Api: { 'Fn::GetAtt': ['Inner', 'Outputs.Api'] } }) })
    expect(stops).toEqual(['DEF-CFN-15 external'])
  })

  test('DEF-CFN-15 a stack set that receives an API stops, and another one is ignored', async () => {
    expect((await read({ ...rest(), ...stackSet(ref('Api')) })).stops).toEqual(['DEF-CFN-15 external'])
    expect(await read({ ...rest(), ...stackSet('x') })).toMatchObject({ stops: [], reports: [] })
  })

  test.each([
    ['no parameters', undefined],
    ['a text', { Name: 'x' }],
    ['a parameter of the template', { Region: ref('Region') }],
    ['another resource', { Topic: ref('Topic') }],
    ['a function', { Arn: { 'Fn::GetAtt': ['Topic', 'Arn'] } }],
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

const staged = (Stage: unknown): object =>
  doubtful({
    ...rest(),
    Live: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: ref('Api'), StageName: 'live' } },
    Dev: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: ref('Api'), StageName: 'dev' } },
    Plan: { Type: 'AWS::ApiGateway::UsagePlan', Properties: { ApiStages: [{ ApiId: ref('Api'), Stage }] } },
  })

const keyed = (Enabled: unknown): object => ({
  ...plan(),
  Resources: {
    ...(plan() as { Resources: object }).Resources,
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled } },
    PlanKey: { Type: 'AWS::ApiGateway::UsagePlanKey', Properties: { UsagePlanId: ref('Plan'), KeyId: ref('Key') } },
  },
})

const plansOf = async (stage: unknown, options = {}) => {
  const { apis, stops } = await read(staged(stage), options)
  return [apis[0]?.usagePlans?.length ?? 0, ...stops]
}

const keysWhen = async (enabled: unknown) => {
  const { apis, stops } = await read(keyed(enabled))
  return [...(apis[0]?.usagePlans?.[0]?.keys ?? []), ...stops]
}

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

  test('DEF-CFN-16 a plan counts for the stage that it names', async () => {
    expect(await plansOf('live', { stage: 'live' })).toEqual([1])
    expect(await plansOf(ref('Live'), { stage: 'live' })).toEqual([1])
    expect(await plansOf('dev', { stage: 'live' })).toEqual([0])
    expect(await plansOf(ref('Dev'), { stage: 'live' })).toEqual([0])
    expect(await plansOf(ref('Region'), { stage: 'live' })).toEqual([0, 'DEF-RES-01 unresolved'])
    expect(await plansOf('dev')).toEqual([1])
    expect(await plansOf('live', { stage: 'other' })).toEqual([0])
  })

  test('DEF-CFN-16 a stage that the plan and the API have from one parameter needs no value', async () => {
    const named = { 'Fn::Sub': '${Mode}' }
    const template = {
      Parameters: { Mode: { Type: 'String', Default: 'live' } },
      Resources: {
        ...rest(),
        Live: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: ref('Api'), StageName: named } },
        Plan: {
          Type: 'AWS::ApiGateway::UsagePlan',
          Properties: { ApiStages: [{ ApiId: ref('Api'), Stage: ref('Live') }] },
        },
      },
    }
    expect(await read(template)).toMatchObject({ stops: [], apis: [{ usagePlans: [{ name: 'Plan' }] }] })
    const other = JSON.parse(
      JSON.stringify(template).replace('{"Fn::Sub":"${Mode}"}', '"live"').replace('{"Ref":"Live"}', '{"Ref":"Mode"}'),
    ) as object
    expect((await read(other)).stops).toEqual(['DEF-RES-05 unresolved'])
  })

  test('DEF-CFN-16 a disabled key belongs to no plan', async () => {
    expect(await keysWhen(true)).toEqual(['Key'])
    expect(await keysWhen('false')).toEqual([])
    expect(await keysWhen(ref('Region'))).toEqual(['DEF-RES-01 unresolved'])
  })
})
