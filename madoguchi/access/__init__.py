"""Who may see what: what a customer has proven, and how often they tried."""
