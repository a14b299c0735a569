# Routes of a vehicle fleet on a dedicated gateway: frontend and backend authorizers, app authentication, prefixes.
variable "instance_id" {
  type = string
}

resource "huaweicloud_apig_group" "fleet" {
  instance_id = var.instance_id
  name        = "fleet"
}

resource "huaweicloud_fgs_function" "authorizer" {
  name    = "fleet-authorizer"
  app     = "default"
  runtime = "Node.js18.15"
}

resource "huaweicloud_apig_custom_authorizer" "frontend" {
  instance_id      = var.instance_id
  name             = "fleet_frontend"
  function_urn     = huaweicloud_fgs_function.authorizer.urn
  function_version = "latest"
  type             = "FRONTEND"
  cache_age        = 300
  is_body_send     = false
  user_data        = "fleet"

  identity {
    name       = "X-Fleet-Token"
    location   = "HEADER"
    validation = "^[A-Za-z0-9]{32}$"
  }
  identity {
    name     = "tenant"
    location = "QUERY"
  }
}

resource "huaweicloud_apig_custom_authorizer" "backend" {
  instance_id      = var.instance_id
  name             = "fleet_backend"
  function_urn     = "urn:fss:cn-north-4:0123456789abcdef:function:default:backend-signer:latest"
  function_version = "latest"
  type             = "BACKEND"
}

locals {
  vehicles = {
    list   = { method = "GET", path = "/vehicles" }
    create = { method = "POST", path = "/vehicles" }
    get    = { method = "GET", path = "/vehicles/{vin}" }
    update = { method = "PUT", path = "/vehicles/{vin}" }
    delete = { method = "DELETE", path = "/vehicles/{vin}" }
  }
}

resource "huaweicloud_apig_api" "vehicles" {
  for_each = local.vehicles

  instance_id             = var.instance_id
  group_id                = huaweicloud_apig_group.fleet.id
  type                    = "Public"
  name                    = "vehicles_${each.key}"
  request_protocol        = "HTTPS"
  request_method          = each.value.method
  request_path            = each.value.path
  security_authentication = "AUTHORIZER"
  authorizer_id           = huaweicloud_apig_custom_authorizer.frontend.id
  matching                = "Exact"

  dynamic "request_params" {
    for_each = length(regexall("\\{", each.value.path)) > 0 ? ["vin"] : []
    content {
      name     = request_params.value
      location = "PATH"
    }
  }

  backend_params {
    type              = "SYSTEM"
    name              = "X-User-Id"
    location          = "HEADER"
    value             = "user_id"
    system_param_type = "frontend"
  }
  backend_params {
    type     = "CONSTANT"
    name     = "X-Source"
    location = "HEADER"
    value    = "apig"
  }

  web {
    path             = each.value.path
    request_method   = each.value.method
    request_protocol = "HTTP"
    backend_address  = "10.0.0.10:8080"
    timeout          = 5000
    authorizer_id    = huaweicloud_apig_custom_authorizer.backend.id
  }
}

resource "huaweicloud_apig_api" "telemetry" {
  instance_id             = var.instance_id
  group_id                = huaweicloud_apig_group.fleet.id
  type                    = "Public"
  name                    = "telemetry"
  request_protocol        = "HTTPS"
  request_method          = "ANY"
  request_path            = "/telemetry"
  matching                = "Prefix"
  security_authentication = "APP"
  simple_authentication   = true

  func_graph {
    function_urn = huaweicloud_fgs_function.authorizer.urn
    version      = "latest"
  }
}

resource "huaweicloud_apig_api" "files" {
  instance_id             = var.instance_id
  group_id                = huaweicloud_apig_group.fleet.id
  type                    = "Public"
  name                    = "files"
  request_protocol        = "BOTH"
  request_method          = "GET"
  request_path            = "/files"
  matching                = "Prefix"
  security_authentication = "AUTHORIZER"
  authorizer_id           = huaweicloud_apig_custom_authorizer.frontend.id
  cors                    = true

  mock {
    status_code = 200
    response    = "{}"
  }
}

resource "huaweicloud_apig_api" "status" {
  instance_id      = var.instance_id
  group_id         = huaweicloud_apig_group.fleet.id
  type             = "Public"
  name             = "status"
  request_protocol = "HTTPS"
  request_method   = "GET"
  request_path     = "/status"

  mock {
    response = "{\"status\":\"up\"}"
  }
}

resource "huaweicloud_apig_response" "fleet" {
  instance_id = var.instance_id
  group_id    = huaweicloud_apig_group.fleet.id
  name        = "fleet"

  rule {
    error_type  = "AUTHORIZER_FAILURE"
    status_code = 403
    body        = "{\"code\":\"$context.authorizer.frontend.code\"}"
  }
}
