"""The outside world, simulated at the wire level: messengers, CRM, language model, and the people behind the phones."""
