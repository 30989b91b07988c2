"""Log-in through another provider (统一身份认证), and how it is bound."""
