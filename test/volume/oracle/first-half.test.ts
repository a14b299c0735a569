import { testPart } from './expectations.ts'

testPart(0, 2)
