"""What `./portal` does once its .venv stands: one file a command, each with a `main(arguments)`."""
