const aws = require('@custom-authorizer/core/aws')
const node = require('@custom-authorizer/core/node')
const express = require('@custom-authorizer/express')
const hono = require('@custom-authorizer/hono')
const koa = require('@custom-authorizer/koa')

import('./scenario.mjs')
  .then(({ scenario }) => scenario({ aws, node, express, koa, hono }))
  .then((seen) => console.log(JSON.stringify(seen)))
  .catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
