/** What is public, entry by entry, in the order of code units. Nothing else may be relied on. @module */
export const SURFACE: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  '@custom-authorizer/core': {
    values: `
      AuthorizerError ContextHeaders DECISION_CHANNEL DENIALS FUNCTION_IDENTITY GATEWAY_RESPONSES
      GatewayRequest JsonNumber JsonProblem MemoryStore PROBLEM_CHANNEL ParameterMapping REPEATED
      RouteTable SOURCE_NAME STALE_HEADERS above allOf allow anyOf asciiLower attach check composition
      contextGuard createAuthorizer createMount danger dangersIn decodeSlashes deny digestSecret
      editTarget firstOf functionConsole guarded hasEncodedSlash headerSource identifyFunction
      identityHeadersOf inBlock isBoundTo isGatewayResponse isThenable jsonResponse memberPath
      noteIdentityHeaders omitJsonNumbers optional parseAddress parseBlock parseExactJson parseJson
      querySource readAuthorizer receivesAtMost routedTarget scopeGuard simple spellNumbers systemClock
      targetEdits throughJson toJson toTemplate unauthorized unavailable writableResponse
    `,
    types: `
      Allow Allowed AnyFunction AssertGuardedOptions Authorizer AuthorizerContext AuthorizerErrorCode
      AuthorizerErrorOptions AuthorizerLimits AuthorizerOptions AuthorizerReference AuthorizerResult Block
      BodyProblem BodyReader BodyTerms CacheReport CacheState Check Checks Clock ContextHeaderOptions
      ContextOf ContextRequirement ContextValues Contract CurrentRequest Danger Dangers Decision Denial
      DenialCors DenialReason DenialResponse Denied Deny Entry Expected Explanation FrameworkTarget
      FunctionIdentity GatewayRequestInit GatewayResponse GatewayResponseType Guard IdentityLimits
      IdentitySource IdentitySourceState InvalidateSelector Invocation Json KernelOptions Logger
      MappedParameter MappedPart MappingRules MappingScope MemoryStoreOptions Mount MountOptions MountPath
      Outcome Parsed PolicyExplanation Preparation Prepared Problem QueryEdit QueryParameter Reading
      RequestEdits RequestMapping RequestProblem ResourceDifference Route RoutedTarget Routing
      ScopeRequirement Settled SimpleAnswer SimpleAuthorize SimpleOptions StatementExplanation Store
      StoreHit StoreSelector StoredResult Unauthorized Unavailable Verdict
    `,
  },
  '@custom-authorizer/core/aws': {
    values: `
      evaluatePolicy httpApi methodArn parameterMapping request token webSocket
    `,
    types: `
      ApiOptions AuthorizerResponse GatewayResponseDefinition GatewayResponseDefinitions HttpApiOptions
      HttpPolicyResponse HttpRequestEvent HttpRequestEventV1 LambdaCallback LambdaContext LambdaHandler
      LimitOptions ParameterMappingOptions PolicyDecision PolicyDocument PolicyQuestion PolicyStatement
      RequestEvent RequestOptions RequestParameters RestGatewayResponseType RestOptions SimpleResponse
      TokenEvent TokenOptions WebSocketEvent WebSocketOptions
    `,
  },
  '@custom-authorizer/core/fetch': {
    values: `
      readBody toGatewayRequest toResponse withBody
    `,
    types: `
      FetchRequestOptions
    `,
  },
  '@custom-authorizer/core/huawei': {
    values: `
      backend backendParameters both frontend
    `,
    types: `
      ApiOptions BackendEvent BackendOptions BackendParameter BackendParameterOptions BackendPolicy
      BothContext BothOptions CommonOptions ErrorType FrontendEvent FrontendOptions FunctionCallback
      FunctionContext FunctionGraphHandler FunctionLogger FunctionOptions GatewayResponseDefinition
      GatewayResponseDefinitions Identity PolicyCondition
    `,
  },
  '@custom-authorizer/core/node': {
    values: `
      assertGuarded cleanViews currentRequest customAuthorizer frameworkTarget getAuthorizer guardRequest
      guardUpgrade proceed replaceParsed requireContext requireScopes stripHeaders toGatewayRequest
      writeGatewayResponse
    `,
    types: `
      AssertGuardedOptions NodeMiddleware NodeRequestOptions RoutedRequest UpgradeGuard UpgradeListener
      UpgradeOptions
    `,
  },
  '@custom-authorizer/core/remote': {
    values: `
      httpFunction lambdaFunction
    `,
    types: `
      AddressOptions BreakerOptions DeployedLambda Fetch HttpFunctionOptions LambdaEndpoint
      LambdaFunctionOptions LambdaInvocation LambdaInvoker LambdaResult MappedStatus RemoteContext
      RemoteFunction RemoteOptions
    `,
  },
  '@custom-authorizer/express': {
    values: `
      assertGuarded customAuthorizer getAuthorizer requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerLocals AuthorizerMiddleware GuardMiddleware GuardedRequest
    `,
  },
  '@custom-authorizer/hono': {
    values: `
      assertGuarded customAuthorizer getAuthorizer requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerMiddleware AuthorizerVariables
    `,
  },
  '@custom-authorizer/jwt': {
    values: `
      awsJwtAuthorizer jwtAuthorizer
    `,
    types: `
      Algorithm AwsJwtAuthorizerOptions AwsJwtContext ClaimValue Claims CommonOptions Fetch IssuerOptions
      JwtAuthorizerOptions JwtContext KeyLimits PassedOptions RequiredScopes WhoseTokens
    `,
  },
  '@custom-authorizer/koa': {
    values: `
      assertGuarded customAuthorizer getAuthorizer requireContext requireScopes
    `,
    types: `
      AssertGuardedOptions AuthorizerMiddleware AuthorizerState
    `,
  },
}
