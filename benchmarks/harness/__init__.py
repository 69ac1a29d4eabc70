"""What every benchmark uses: measured commands, options, tables and targets."""
