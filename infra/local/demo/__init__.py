"""What `make demo` shows: a salon's weeks, or the owner's own history, on the local cloud."""
