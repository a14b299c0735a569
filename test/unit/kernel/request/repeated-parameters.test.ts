/** Queries with a parameter that some parser reads as repeated (`repeatedParameters: 'reject'`). */
import { expect, test } from 'vitest'
import { parseQuery, repeatsParameter } from '../../../../packages/core/src/kernel/request/query.ts'

test.each([
  'a=1&a=2',
  'a&a',
  'a=1&%61=2',
  'a+b=1&a%20b=2',
  'a=1&a[]=2',
  'a[]=1&a=2',
  'a[]=1&a[]=2',
  'a[0]=1&a=2',
  'a[0]=1&a[1]=2',
  'a[10]=1&a=2',
  'a[10]=1&a[11]=2',
  'a[x]y[z]=1&a[x][z]=2',
  'a[x]yy[z]=1&a[x][z]=2',
  'a[x]y=1&a[x]=2',
  '[a]b=1&a=2',
  'a=1&[a]=2',
  'a=1&?a=2',
  'a=1&??a=2',
  'a=1&a[x]=2',
  'a[x]=1&a=2',
  'a[x]=1&a[x]=2',
  'a[x][]=1&a[x]=2',
  'a[x]=1&a[x][y]=2',
  'a[x][y]=1&a[x]=2',
  'a%5Bx%5D=1&a[x]=2',
  'b=1&c=2&b=3',
  '=1&=2',
  'a[b][c][d][e][f][g][h][i]=1&a[b][c][d][e][f][g][h][j]=2',
])('SEC-111 ?%s repeats a parameter', (query) => {
  expect(repeatsParameter(parseQuery(query))).toBe(true)
})

test.each([
  '',
  'a=1',
  'a=1&b=2',
  'a=1&A=2',
  'a=a&b=a',
  'a[x]=1&a[y]=2',
  'a[x]=1&b[x]=2',
  'a[x][y]=1&a[x][z]=2',
  'a[b][c][d][e][f][g][h]=1&a[b][c][d][e][f][g][i]=2',
  '[]=1&a=2',
  'a[1x]=1&a[x1]=2',
  '1=1&2=2',
  '12=1&1[2]=2',
  'ab=1&a[b]=2',
  'a=1&aa=2',
  'a?=1&a=2',
])('SEC-111 ?%s repeats no parameter', (query) => {
  expect(repeatsParameter(parseQuery(query))).toBe(false)
})
