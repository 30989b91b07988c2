"""The way in: log-in, devices, second factor, fresh proof, what other providers know people as."""
