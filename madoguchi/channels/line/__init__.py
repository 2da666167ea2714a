"""LINE: customers write to the shop's official account."""
