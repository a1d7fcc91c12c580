"""Fuzzing: requests made up from the OpenAPI documents, alone and in sequences, with our own checks on each step."""
