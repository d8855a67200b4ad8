"""What `./portal torture` runs: one module a test, kills only by process id, a line of figures each at the end."""
