"""Two authorizers in Python, and a server that calls them for another process on this machine.

The functions are as deployed to the clouds, each as the `handler` of its file. Nothing in them is specific to this library.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USERS = {
    't-ann': {'name': 'ann', 'role': 'admin'},
    't-rob': {'name': 'rob', 'role': 'reader'},
    't-una': {'name': 'una'},  # Both functions raise an error without a role.
}


def find_user(authorization):
    scheme, _, token = authorization.partition(' ')
    return USERS.get(token) if scheme == 'Bearer' else None


def aws_handler(event, context):
    """A Lambda TOKEN authorizer of API Gateway. It returns an IAM policy."""
    user = find_user(event['authorizationToken'])
    if user is None:
        raise Exception('Unauthorized')  # API Gateway returns 401 for exactly this message.
    api = '/'.join(event['methodArn'].split('/')[:2])
    methods = {'admin': '*', 'reader': 'GET'}[user['role']]
    statement = {'Action': 'execute-api:Invoke', 'Effect': 'Allow', 'Resource': f'{api}/{methods}/*'}
    return {
        'principalId': user['name'],
        'policyDocument': {'Version': '2012-10-17', 'Statement': [statement]},
        'context': {'role': user['role']},
    }


def huawei_handler(event, context):
    """A FunctionGraph function for frontend authentication of Huawei Cloud APIG. It returns allow or deny."""
    user = find_user(event['headers'].get('authorization', ''))
    if user is None:
        body = {'status': 'deny', 'context': {'code': '1001'}}
    else:
        body = {'status': 'allow', 'context': {'user': user['name'], 'role': user['role']}}
    return {'statusCode': 200, 'body': json.dumps(body)}


class Handler(BaseHTTPRequestHandler):
    """Calls a function for each POST."""

    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        if self.path == '/2015-03-31/functions/pets-authorizer/invocations':
            self.invoke_as_lambda(event)
        elif self.path == '/pets-authorizer':
            self.invoke(event)
        else:
            self.respond(404, {})

    def invoke_as_lambda(self, event):
        """The Invoke operation of Lambda: an exception is a response with the header X-Amz-Function-Error."""
        try:
            self.respond(200, aws_handler(event, None))
        except Exception as error:
            failure = {'errorMessage': str(error), 'errorType': type(error).__name__}
            self.respond(200, failure, {'X-Amz-Function-Error': 'Unhandled'})

    def invoke(self, event):
        try:
            self.respond(200, huawei_handler(event, None))
        except Exception:
            self.respond(500, {})

    def respond(self, status, value, headers=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {'Content-Type': 'application/json', 'Content-Length': len(body), **(headers or {})}.items():
            self.send_header(name, str(text))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Logs nothing, because requests contain credentials."""


if __name__ == '__main__':
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()  # Ends with the parent process.
