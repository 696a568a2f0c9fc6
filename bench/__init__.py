"""Scrutin's own benchmarks: `make bench` runs every bench/bench_*.py and writes bench/results.json (bench/README.md)."""
