/** Definition files with 1,000 guarded routes, one for each format that is YAML or JSON. */
const COUNT = 1000
const URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'
const each = (text) => Array.from({ length: COUNT }, (_, index) => text(index)).join('')

const openApi = `openapi: 3.0.1
info: { title: bench, version: "1" }
paths:
${each((index) => `  /r${index}/{id}:\n    get: { security: [{ auth: [] }], x-amazon-apigateway-integration: { type: mock } }\n`)}components:
  securitySchemes:
    auth: { type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: { type: token, authorizerUri: "${URI}" } }
`

const cloudFormation = `Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: bench } }
  Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: !Ref Api, Name: auth, Type: TOKEN, IdentitySource: method.request.header.Authorization, AuthorizerUri: "${URI}" } }
${each(
  (
    index,
  ) => `  R${index}: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: r${index} } }
  M${index}: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref R${index}, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth } }
`,
)}`

const sam = `Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, Auth: { DefaultAuthorizer: auth, Authorizers: { auth: { FunctionArn: !GetAtt F.Arn } } } } }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: nodejs22.x
      InlineCode: x
      Events:
${each((index) => `        E${index}: { Type: Api, Properties: { RestApiId: !Ref Api, Path: "/r${index}/{id}", Method: get } }\n`)}`

const serverless = `service: bench
provider: { name: aws, runtime: nodejs22.x }
functions:
  auth: { handler: a.auth }
  f:
    handler: a.f
    events:
${each((index) => `      - http: { path: "/r${index}/{id}", method: get, authorizer: auth }\n`)}`

export const DOCUMENTS = [
  { format: 'OpenAPI', name: 'openapi.yaml', text: openApi },
  { format: 'CloudFormation', name: 'template.yaml', text: cloudFormation },
  { format: 'SAM', name: 'template.yaml', text: sam },
  { format: 'serverless.yml', name: 'serverless.yml', text: serverless },
]
