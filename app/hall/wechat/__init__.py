"""The WeChat official account: messages, log-in, how people find it."""
