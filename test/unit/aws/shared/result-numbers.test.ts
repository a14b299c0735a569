/** Numbers in the JSON result of a remote function that keep their original text (AWS-OUT-06, AWS-OUT-15). */
import { JsonProblem, parseExactJson } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'
import { checkResult, type ResultRules } from '../../../../packages/core/src/aws/shared/result.ts'
import { RULES } from '../../../support/result-rules.ts'

const POLICY = '"policyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

const read = (text: string, rules: Partial<ResultRules> = {}): unknown => {
  const result = checkResult(parseExactJson(text, 'answer'), { ...RULES, ...rules })
  return result instanceof JsonProblem ? result.problem : { principalId: result.principalId, context: result.context }
}

test.each(['9007199254740993', '1.0', '1e2', '-1.50'])(
  'AWS-OUT-06 the number %s as principalId keeps its text',
  (number) => {
    expect(read(`{"principalId":${number},${POLICY}}`)).toEqual({ principalId: number, context: {} })
  },
)

test('AWS-OUT-15 numeric context values delivered as strings keep their text', () => {
  expect(read(`{"principalId":"u","context":{"id":9007199254740993,"n":1.0,"s":"x"},${POLICY}}`)).toEqual({
    principalId: 'u',
    context: { id: '9007199254740993', n: '1.0', s: 'x' },
  })
})

test('AWS-OUT-15 numeric context values delivered as JSON are numbers and must be exact', () => {
  const json = { contextValues: 'json' } as const
  expect(read(`{"principalId":"u","context":{"n":1.0},${POLICY}}`, json)).toEqual({
    principalId: 'u',
    context: { n: 1 },
  })
  expect(read(`{"principalId":7.0,"context":{"id":9007199254740993},${POLICY}}`, json)).toBe(
    'result.context.id is a number that JavaScript cannot represent; send it as text',
  )
})

test('AWS-OUT-08 an ignored member may contain any number', () => {
  const text = `{"principalId":"u","extra":{"id":9007199254740993},${POLICY}}`
  expect(read(text, { unknownMembers: 'ignore' })).toEqual({ principalId: 'u', context: {} })
  expect(read(text)).toMatch(/^result\.extra\.id is a number that JavaScript cannot represent/)
})

test('AWS-OUT-02 a result that is not an object is rejected even if it contains inexact numbers', () => {
  expect(read('[9007199254740993]')).toMatch(/^result\[0\] is a number that JavaScript cannot represent/)
  expect(read('[1.0]')).toBe('the function returned an array instead of an object')
  expect(read('7.0')).toBe('the function returned a number instead of an object')
  expect(read(`{"principalId":"u","context":[1.0],${POLICY}}`)).toBe('context is not an object')
})
