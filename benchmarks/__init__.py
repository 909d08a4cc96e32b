"""What things cost, measured: `make bench`. Ratios are taken side by side in one run; nothing here fails a build."""
