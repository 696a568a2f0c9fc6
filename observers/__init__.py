"""Who observes: membership, mandates, eligibility, declarations, composition of delegations, teams and deployment."""
