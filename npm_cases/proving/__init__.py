"""Programs that stand outside the engine: the signer of the log, the witness, the verifier. They import npm_cases.history alone."""
