import { testPart } from './expectations.ts'

testPart(1, 2)
