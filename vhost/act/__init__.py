"""Acting on one proved machine: request -> resolve -> gate -> plan -> run -> verify."""
