"""The outside world, simulated at the wire level: messengers, CRM, language model, people and their time."""
