"""The targets that a server scrapes: which a selector chooses, and what is behind them."""
