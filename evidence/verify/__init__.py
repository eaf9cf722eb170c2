"""The two verifiers that travel in every packet; they share no code with anything else."""
