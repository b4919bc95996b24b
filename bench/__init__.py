"""What the solver, the importer and the outbox take, each beside a peer in the same run: read ratios, not seconds."""
