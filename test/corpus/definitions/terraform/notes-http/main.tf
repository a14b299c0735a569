# HTTP API with a Lambda authorizer, a JWT authorizer and routes from a map, and a WebSocket API beside it.
variable "issuer" {
  type    = string
  default = "https://login.example.com/"
}

variable "enable_admin" {
  type    = bool
  default = true
}

locals {
  routes = {
    "GET /notes"               = { auth = "lambda" }
    "POST /notes"              = { auth = "lambda" }
    "GET /notes/{id}"          = { auth = "lambda" }
    "PUT /notes/{id}"          = { auth = "jwt", scopes = ["notes.write"] }
    "DELETE /notes/{id}"       = { auth = "jwt", scopes = ["notes.write", "notes.admin"] }
    "GET /public/{proxy+}"     = { auth = "none" }
  }
}

resource "aws_apigatewayv2_api" "notes" {
  name          = "notes"
  protocol_type = "HTTP"

  cors_configuration {
    allow_origins = ["https://notes.example.com"]
    allow_methods = ["GET", "POST", "PUT", "DELETE"]
    allow_headers = ["authorization", "content-type"]
    max_age       = 3600
  }
}

resource "aws_apigatewayv2_authorizer" "session" {
  api_id                            = aws_apigatewayv2_api.notes.id
  name                              = "session"
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = module.authorizer.invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization"]
  authorizer_result_ttl_in_seconds  = 60
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.notes.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.issuer
    audience = ["notes", "notes-mobile"]
  }
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id    = aws_apigatewayv2_api.notes.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.notes.id}"

  authorization_type   = each.value.auth == "lambda" ? "CUSTOM" : each.value.auth == "jwt" ? "JWT" : "NONE"
  authorizer_id        = each.value.auth == "lambda" ? aws_apigatewayv2_authorizer.session.id : (each.value.auth == "jwt" ? aws_apigatewayv2_authorizer.jwt.id : null)
  authorization_scopes = each.value.auth == "jwt" ? each.value.scopes : null
}

resource "aws_apigatewayv2_route" "admin" {
  count = var.enable_admin ? 1 : 0

  api_id             = aws_apigatewayv2_api.notes.id
  route_key          = "ANY /admin/{proxy+}"
  authorization_type = "AWS_IAM"
}

resource "aws_apigatewayv2_route" "default" {
  api_id             = aws_apigatewayv2_api.notes.id
  route_key          = "$default"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.session.id
}

resource "aws_apigatewayv2_route" "health" {
  api_id    = aws_apigatewayv2_api.notes.id
  route_key = "GET /health"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.notes.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_api" "events" {
  name                       = "events"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_authorizer" "socket" {
  api_id           = aws_apigatewayv2_api.events.id
  name             = "socket"
  authorizer_type  = "REQUEST"
  authorizer_uri   = module.authorizer.invoke_arn
  identity_sources = ["route.request.querystring.token"]
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.events.id
  route_key          = "$connect"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.socket.id
}

resource "aws_apigatewayv2_route" "messages" {
  for_each = toset(["$disconnect", "$default", "subscribe"])

  api_id    = aws_apigatewayv2_api.events.id
  route_key = each.value
}

module "authorizer" {
  source = "./modules/authorizer"
  name   = "notes-authorizer"
}
