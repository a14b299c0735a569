import * as aws from '@custom-authorizer/core/aws'
import * as node from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import { scenario } from './scenario.mjs'

console.log(JSON.stringify(await scenario({ aws, node, express, koa, hono })))
