"""Following the log: subscriptions with a durable checkpoint, one active of a name, stops that say why."""
