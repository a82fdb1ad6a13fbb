"""Which hosts answer, and which of them let us in: the words of a call, resolved and checked."""
