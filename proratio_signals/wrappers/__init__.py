"""What stands between the panel and a provider: turns, money, patience; each a small wrapper."""
