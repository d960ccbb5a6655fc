"""What no provider should write twice: throttle, retry, GraphQL client, sandbox base."""
