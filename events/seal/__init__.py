"""The seal: hashes of each event, the chain, the Merkle tree over it, signed heads, proofs. docs/log.md explains it."""
